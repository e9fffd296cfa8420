import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { AppDeps } from "./deps";
import type { Slots } from "./slots";

export type Metrics = ReturnType<typeof createMetrics>;

/** The label of a path: one of a fixed few, whatever clients ask for. */
export const routeOf = (path: string): string => {
  if (path.startsWith("/docs/")) return "/docs/*";
  if (path.startsWith("/page/")) return "/page/*";
  return ROUTES.has(path) ? path : "other";
};
const ROUTES = new Set([
  "/",
  "/predict",
  "/batch-predict",
  "/health",
  "/ready",
  "/metrics",
  "/docs",
  "/openapi.json",
]);

/** Seconds; around the 2 s latency budget of the gate. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** The app's metrics, in base units and with bounded labels (prometheus.io/docs/practices/naming). */
export function createMetrics(
  { model, registry = new Registry() }: Pick<AppDeps, "model" | "registry">,
  slots: Slots,
) {
  const registers = [registry];
  new Gauge({
    name: "sluice_model_info",
    help: "The model that serves; always 1.",
    labelNames: ["version", "digest"],
    registers,
    collect() {
      this.reset();
      const loaded = model();
      if (loaded) this.set({ version: String(loaded.number), digest: loaded.predictor.digest }, 1);
    },
  });
  new Gauge({
    name: "sluice_model_ready",
    help: "1 while a model is loaded and warmed.",
    registers,
    collect() {
      this.set(model() ? 1 : 0);
    },
  });
  new Gauge({
    name: "sluice_requests_in_flight",
    help: "Requests that are predicting now.",
    registers,
    collect() {
      this.set(slots.taken());
    },
  });
  return {
    registry,
    predictions: new Counter({
      name: "sluice_predictions_total",
      help: "Photos answered with a mask.",
      labelNames: ["route"],
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
      buckets: BUCKETS,
      registers,
    }),
    stages: new Histogram({
      name: "sluice_prediction_stage_seconds",
      help: "Time of one photo in each stage.",
      labelNames: ["stage"],
      buckets: BUCKETS,
      registers,
    }),
  };
}
