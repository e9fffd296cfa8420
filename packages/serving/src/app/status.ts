import manifest from "../../package.json" with { type: "json" };
import type { AppContext, Serving } from "./context";

const { version } = manifest;
/** Of this program; a model's is a number. */
export const VERSION = version;

/** `/health`: the process is alive, whatever the model does. */
export const health = ({ clock }: Serving) => {
  const started = clock.now();
  return (c: AppContext) => c.json({ status: "ok", version, uptime_seconds: (clock.now() - started) / 1000 });
};

/** `/ready`: a model is loaded and warmed. */
export const ready = (serving: Serving) => (c: AppContext) => {
  const { reason, problem } = serving.state();
  const { champion, canary, weight } = serving.models();
  const model = champion ?? canary;
  c.header("Cache-Control", "no-store");
  if (model && !serving.isStopping()) {
    const release = { champion: champion?.number ?? null, canary: canary?.number ?? null, weight };
    return c.json({ ready: true, model: model.number, ...release, problem });
  }
  c.header("Retry-After", "2");
  const why = serving.isStopping() ? "The server is stopping" : reason;
  return c.json({ ready: false, reason: why, problem }, 503);
};

/** `/metrics`: Prometheus' text format. */
export const metrics = (serving: Serving) => async (c: AppContext) => {
  const { registry } = serving.metrics;
  return c.body(await registry.metrics(), 200, { "Content-Type": registry.contentType });
};
