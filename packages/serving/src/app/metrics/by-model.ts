import { httpStatus } from "@sluice/core/http-status";
import { Counter, Histogram, type Registry } from "prom-client";
import { AREA_RATIO, CONFIDENCE, LATENCY } from "./buckets";

export type Role = "champion" | "canary";

/** Who answered. Before a model was chosen there is none: both labels are then "none". */
export interface ModelLabels {
  version: number | string;
  role: Role;
}

/** What is told of one answered photo (or of one `/v2` inference, which has neither area nor confidence). */
export interface Answered {
  seconds: number;
  /** Share of the photo that is window, 0..1. */
  areaRatio?: number;
  /** Mean probability inside the window, 0..1; absent where there is no window. */
  confidence?: number;
}

/** So many are told apart besides those that serve; what older ones counted is dropped: series must not pile up. */
export const MOST_MODELS = 8;

const BY_MODEL = ["version", "role"] as const;
const NONE = { version: "none", role: "none" };

/**
 * What each model answered, by version and role; a release is judged and drift is seen by these.
 *
 * @param serving what is not dropped, however long ago it was asked
 */
export function metricsByModel(registry: Registry, serving: () => readonly ModelLabels[] = () => []) {
  const registers = [registry];
  const predictions = new Counter({
    name: "sluice_predictions_total",
    help: "Photos answered with a mask, and inferences answered under /v2.",
    labelNames: BY_MODEL,
    registers,
  });
  const latency = histogram(
    "sluice_predict_latency_seconds",
    "Time of one answered photo, from its bytes to its mask.",
    LATENCY,
  );
  const area = histogram("sluice_mask_area_ratio", "Share of the photo that is window.", AREA_RATIO);
  const confidence = histogram("sluice_confidence", "Mean probability inside the window.", CONFIDENCE);
  const errors = new Counter({
    name: "sluice_predict_errors_total",
    help: "Photos and requests that were not answered, by the error's code and whose fault it is.",
    labelNames: ["code", "fault", ...BY_MODEL],
    registers,
  });

  const replays = new Counter({
    name: "sluice_replays_total",
    help: "Photos asked of one role by name: sample photos that are replayed, comparisons on the page.",
    labelNames: BY_MODEL,
    registers,
  });

  function histogram(name: string, help: string, buckets: number[]) {
    return new Histogram({ name, help, buckets, labelNames: BY_MODEL, registers });
  }

  /** By model, oldest use first: the codes that it failed with. */
  const seen = new Map<string, { labels: Labels; codes: Set<string> }>();
  const touch = (model: ModelLabels | undefined) => {
    const labels = model ? { version: String(model.version), role: model.role } : NONE;
    const key = `${labels.version} ${labels.role}`;
    const known = seen.get(key) ?? { labels, codes: new Set<string>() };
    seen.delete(key);
    seen.set(key, known);
    if (seen.size > MOST_MODELS) forgetOldest();
    return known;
  };
  const forgetOldest = () => {
    const kept = new Set(serving().map(({ version }) => String(version)));
    const others = [...seen.values()].filter(({ labels }) => !kept.has(labels.version));
    if (others.length > MOST_MODELS && others[0]) forget(others[0]);
  };
  const forget = ({ labels, codes }: { labels: Labels; codes: Set<string> }) => {
    seen.delete(`${labels.version} ${labels.role}`);
    for (const metric of [predictions, replays, latency, area, confidence]) metric.remove(labels);
    for (const code of codes) errors.remove({ code, fault: faultOf(code), ...labels });
  };

  return {
    /** Counts an answer. */
    predicted(model: ModelLabels, answer: Answered): void {
      const { labels } = touch(model);
      predictions.inc(labels);
      latency.observe(labels, answer.seconds);
      if (answer.areaRatio !== undefined) area.observe(labels, answer.areaRatio);
      if (answer.confidence !== undefined) confidence.observe(labels, answer.confidence);
    },
    /** Counts an answer to who named the role: no traffic, so it is in no other metric here. */
    replayed(model: ModelLabels): void {
      replays.inc(touch(model).labels);
    },
    /** Counts a failure; without a model where none was chosen yet. */
    failed(model: ModelLabels | undefined, code: string): void {
      const { labels, codes } = touch(model);
      codes.add(code);
      errors.inc({ code, fault: faultOf(code), ...labels });
    },
  };
}

type Labels = Record<"version" | "role", string>;

/** Whose an error is, by its HTTP status: only the server's count against a model. */
export const faultOf = (code: string): "client" | "server" =>
  Object.hasOwn(httpStatus, code) && httpStatus[code as keyof typeof httpStatus] < 500 ? "client" : "server";
