import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { BATCH_SIZE, LATENCY } from "./buckets";
import { type ModelLabels, metricsByModel } from "./by-model";

export type { Answered, ModelLabels, Role } from "./by-model";
export { isPredicting, routeOf } from "./routes";

export type Metrics = ReturnType<typeof createMetrics>;

/** What the gauges are read from whenever the metrics are asked for. */
export interface MetricsSource {
  /** The models that serve now, with the SHA-256 of their `model.json`. */
  models(): readonly (ModelLabels & { digest: string })[];
  inFlight(): number;
  /** Requests that wait for a free slot or worker. */
  queueDepth(): number;
  registry?: Registry;
}

/** The app's metrics, in base units and with bounded labels (prometheus.io/docs/practices/naming). */
export function createMetrics({ registry = new Registry(), ...source }: MetricsSource) {
  const registers = [registry];
  new Gauge({
    name: "sluice_model_info",
    help: "A model that serves; always 1.",
    labelNames: ["version", "role", "digest"],
    registers,
    collect() {
      this.reset();
      for (const { version, role, digest } of source.models())
        this.set({ version: String(version), role, digest }, 1);
    },
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("sluice_model_loaded", "1 while a champion is loaded and warmed.", () =>
    source.models().some(({ role }) => role === "champion") ? 1 : 0,
  );
  gauge(
    "sluice_requests_in_flight",
    "Requests that are predicting now; of a batch, its photos.",
    source.inFlight,
  );
  gauge("sluice_queue_depth", "Requests that wait until one can be predicted.", source.queueDepth);
  return {
    registry,
    ...metricsByModel(registry, source.models),
    batchSize: new Histogram({
      name: "sluice_batch_size",
      help: "Photos (or rows) of one request that predicts.",
      buckets: BATCH_SIZE,
      registers,
    }),
    errors: new Counter({
      name: "sluice_errors_total",
      help: "Errors answered, of requests and of single photos in a batch.",
      labelNames: ["route", "code"],
      registers,
    }),
    requests: new Histogram({
      name: "sluice_request_duration_seconds",
      help: "Time from a request's header to its answer.",
      labelNames: ["route", "method", "status"],
      buckets: LATENCY,
      registers,
    }),
    stages: new Histogram({
      name: "sluice_prediction_stage_seconds",
      help: "Time of one photo in each stage.",
      labelNames: ["stage"],
      buckets: LATENCY,
      registers,
    }),
  };
}
