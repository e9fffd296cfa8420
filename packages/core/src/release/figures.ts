import * as z from "zod";
import type { ProcessMetrics, ServedPrediction } from "../ports";
import { parseExposition, type Sample } from "./exposition";
import type { Role } from "./role";

/** What one model did in a window of time. */
export const Figures = z.object({
  /** Photos that it was asked for: answered, or failed by the server's fault. */
  requests: z.number().int().nonnegative(),
  errors: z.number().int().nonnegative(),
  /** 99th percentile; of fewer than 100 answers the second slowest, for one alone says nothing. Null: there is none. */
  p99Ms: z.number().nullable(),
  /** Mean share of the photo that is window, 0..1. */
  area: z.number().nullable(),
  /** Mean probability inside the window; null where no window was found. */
  confidence: z.number().nullable(),
});
export type Figures = z.infer<typeof Figures>;

/** The counters of one model in one process, as they stood at one moment. */
export const Counters = z.object({
  process: z.string(),
  values: z.record(z.string(), z.number()),
});
export type Counters = z.infer<typeof Counters>;

const BUCKET = "sluice_predict_latency_seconds_bucket";
const READ = new Set([
  "sluice_predictions_total",
  "sluice_predict_errors_total",
  BUCKET,
  "sluice_mask_area_ratio_sum",
  "sluice_mask_area_ratio_count",
  "sluice_confidence_sum",
  "sluice_confidence_count",
]);

/** A model's counters, process by process. A process that started anew is another: its counters began at 0. */
export function countersOf(processes: ProcessMetrics[], model: { version: number; role: Role }): Counters[] {
  return processes.map(({ process, text }) => {
    const samples = parseExposition(text);
    const started = samples.find(({ name }) => name === "process_start_time_seconds")?.value ?? 0;
    const own = samples.filter((sample) => READ.has(sample.name) && isOf(sample, model));
    return { process: `${process} ${started}`, values: valuesOf(own) };
  });
}

const isOf = ({ labels }: Sample, { version, role }: { version: number; role: Role }) =>
  labels.version === String(version) && labels.role === role && labels.fault !== "client";

function valuesOf(samples: Sample[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { name, labels, value } of samples) {
    const key = name === BUCKET ? `${name} ${labels.le === "+Inf" ? "Infinity" : labels.le}` : name;
    values[key] = (values[key] ?? 0) + value; // errors of several codes are one number
  }
  return values;
}

/** What came between two looks at the same counters, over all processes. */
export function figuresBetween(before: Counters[], after: Counters[]): Figures {
  const total: Record<string, number> = {};
  for (const { process, values } of after) {
    const base = before.find((b) => b.process === process)?.values ?? {};
    for (const [key, value] of Object.entries(values))
      total[key] = (total[key] ?? 0) + value - (base[key] ?? 0);
  }
  const of = (name: string) => total[name] ?? 0;
  const mean = (name: string) => (of(`${name}_count`) > 0 ? of(`${name}_sum`) / of(`${name}_count`) : null);
  const errors = of("sluice_predict_errors_total");
  return {
    requests: of("sluice_predictions_total") + errors,
    errors,
    p99Ms: p99Of(bucketsOf(total)),
    area: mean("sluice_mask_area_ratio"),
    confidence: mean("sluice_confidence"),
  };
}

const bucketsOf = (total: Record<string, number>) =>
  Object.entries(total)
    .filter(([key]) => key.startsWith(`${BUCKET} `))
    .map(([key, count]) => ({ le: Number(key.slice(BUCKET.length + 1)), count }))
    .sort((a, b) => a.le - b.le);

/** Milliseconds; straight inside a bucket, as Prometheus' histogram_quantile does it. */
function p99Of(buckets: { le: number; count: number }[]): number | null {
  const all = buckets.at(-1)?.count ?? 0;
  if (all <= 0) return null;
  const rank = tailRank(all);
  const at = buckets.findIndex(({ count }) => count >= rank);
  const { le, count } = buckets[at]!;
  const below = buckets[at - 1] ?? { le: 0, count: 0 };
  if (le === Infinity) return below.le * 1_000;
  return (below.le + ((le - below.le) * (rank - below.count)) / (count - below.count)) * 1_000;
}

/** One of 100 answers is slower; of fewer, too, one is. */
const tailRank = (count: number) => (count > 1 ? Math.min(0.99 * count, count - 1) : count);

/** One replayed photo's answer; null: it failed by the server's fault. */
export const Replayed = z
  .object({ ms: z.number(), area: z.number(), confidence: z.number().nullable() })
  .nullable();
export type Replayed = z.infer<typeof Replayed>;

export const toReplayed = ({ latencyMs, areaRatio, confidence, areaPx }: ServedPrediction): Replayed => ({
  ms: latencyMs,
  area: areaRatio,
  confidence: areaPx > 0 ? confidence : null,
});

/** Of replayed photos, told one by one. */
export function figuresOf(replayed: Replayed[]): Figures {
  const answers = replayed.filter((answer) => answer !== null);
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    requests: replayed.length,
    errors: replayed.length - answers.length,
    p99Ms: times[Math.ceil(tailRank(times.length)) - 1] ?? null,
    area: mean(answers.map(({ area }) => area)),
    confidence: mean(answers.flatMap(({ confidence }) => confidence ?? [])),
  };
}

const mean = (values: number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
