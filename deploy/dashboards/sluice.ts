import { dashboard, type Panel, type Query, type Row } from "./grafana";

const IN = 'namespace=~"$namespace"';
const rate = (metric: string, labels = "") => `rate(${metric}{${IN}${labels}}[$__rate_interval])`;
const BY_MODEL = "by (version, role)";
const MODEL = "{{role}} {{version}}";

const quantile = (q: number, metric: string): Query => ({
  expr: `histogram_quantile(${q}, sum by (version, role, le) (${rate(`${metric}_bucket`)}))`,
  legend: `${MODEL} p${q * 100}`,
});
const mean = (metric: string): Query => ({
  expr: `sum ${BY_MODEL} (${rate(`${metric}_sum`)}) / sum ${BY_MODEL} (${rate(`${metric}_count`)})`,
  legend: MODEL,
});
const lines = (title: string, unit: Panel["unit"], description: string, ...queries: Query[]): Panel => ({
  type: "timeseries",
  title,
  unit,
  description,
  queries,
});

const now: Row = {
  title: "Now",
  panels: [
    {
      type: "table",
      title: "Models that serve",
      unit: "short",
      description:
        "Pods by model and role. Two champions for more than a moment: a pod does not follow the release.",
      queries: [{ expr: `count by (namespace, version, role) (sluice_model_info{${IN}})` }],
      width: 12,
    },
    {
      type: "stat",
      title: "Pods with a model",
      unit: "short",
      description: "Of all that are scraped.",
      queries: [
        { expr: `sum(sluice_model_loaded{${IN}})`, legend: "with a model" },
        { expr: `count(sluice_model_loaded{${IN}})`, legend: "all" },
      ],
      width: 6,
    },
    {
      type: "stat",
      title: "Server errors",
      unit: "percentunit",
      description: "Share of what was asked, now. A canary is taken back from 5 % on.",
      queries: [{ expr: `version_role:sluice_predict_errors:ratio_rate5m{${IN}}`, legend: MODEL }],
      width: 6,
    },
  ],
};

const traffic: Row = {
  title: "Traffic",
  panels: [
    lines("Photos answered", "reqps", "By the model that answered.", {
      expr: `sum ${BY_MODEL} (${rate("sluice_predictions_total")})`,
      legend: MODEL,
    }),
    lines(
      "Time of a photo",
      "s",
      "From its bytes to its mask. The gate's budget is 2 s.",
      quantile(0.5, "sluice_predict_latency_seconds"),
      quantile(0.99, "sluice_predict_latency_seconds"),
    ),
    lines("Errors", "reqps", "By code; a client's bad photo is one, too.", {
      expr: `sum by (code, fault) (${rate("sluice_predict_errors_total")})`,
      legend: "{{code}} ({{fault}})",
    }),
    lines("Requests", "reqps", "All that is asked, by answer.", {
      expr: `sum by (route, status) (${rate("sluice_request_duration_seconds_count")})`,
      legend: "{{route}} {{status}}",
    }),
    lines(
      "Waiting and under way",
      "short",
      "A queue that stays means that more is asked than is answered.",
      { expr: `sum(sluice_queue_depth{${IN}})`, legend: "waiting" },
      { expr: `sum(sluice_requests_in_flight{${IN}})`, legend: "under way" },
    ),
    lines("Photos per request", "short", "Half of the requests have so many or fewer.", {
      expr: `histogram_quantile(0.5, sum by (le) (${rate("sluice_batch_size_bucket")}))`,
      legend: "median",
    }),
    lines("Where a photo's time goes", "s", "Mean of each stage.", {
      expr: `sum by (stage) (${rate("sluice_prediction_stage_seconds_sum")}) / sum by (stage) (${rate("sluice_prediction_stage_seconds_count")})`,
      legend: "{{stage}}",
    }),
    lines("Replays", "reqps", "Photos asked of a role by name; in no other figure here.", {
      expr: `sum ${BY_MODEL} (${rate("sluice_replays_total")})`,
      legend: MODEL,
    }),
    lines("Models loaded", "short", "And those that could not be, within an hour.", {
      expr: `sum by (outcome) (increase(sluice_model_loads_total{${IN}}[1h]))`,
      legend: "{{outcome}}",
    }),
  ],
};

const answers: Row = {
  title: "What is answered: drift",
  panels: [
    lines("Confidence", "percentunit", "Mean probability inside the window.", mean("sluice_confidence")),
    lines("Window's share of the photo", "percentunit", "Mean.", mean("sluice_mask_area_ratio")),
    {
      type: "heatmap",
      title: "Confidence of photos",
      unit: "short",
      description: "How many photos had which.",
      queries: [
        {
          expr: `sum by (le) (increase(sluice_confidence_bucket{${IN}}[$__rate_interval]))`,
          legend: "{{le}}",
        },
      ],
    },
  ],
};

const process: Row = {
  title: "Process",
  panels: [
    lines("CPU", "short", "Cores in use.", { expr: rate("process_cpu_seconds_total"), legend: "{{pod}}" }),
    lines("Memory", "bytes", "Resident. One that only grows is a leak.", {
      expr: `process_resident_memory_bytes{${IN}}`,
      legend: "{{pod}}",
    }),
    lines("Event loop", "s", "How late its timers are, 99th percentile.", {
      expr: `nodejs_eventloop_lag_p99_seconds{${IN}}`,
      legend: "{{pod}}",
    }),
  ],
};

export const rows = [now, traffic, answers, process];
export const sluice = dashboard({ uid: "sluice", title: "Sluice: serving", rows });
/** As it lies in the chart. */
export const json = `${JSON.stringify(sluice, null, 2)}\n`;
