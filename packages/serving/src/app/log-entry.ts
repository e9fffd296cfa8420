import type { AppContext } from "./context";
import type { Level, LogEntry } from "./log";
import { routeOf } from "./metrics";

/** What probes and scrapers ask for, every few seconds; under `/v2` all but inferences. */
const PROBED = new Set(["/health", "/ready", "/metrics", "/v2/*"]);

/** Only what is the server's fault is an error: nobody is woken for a client's photo, or a model that still loads. */
function levelOf(status: number, route: string, code?: string): Level {
  if (status >= 500 && code === undefined) return "info"; // a probe is told that no model is ready yet
  if (status >= 500 && code !== "model.not_ready") return "error";
  if (status >= 400) return "warn";
  return PROBED.has(route) ? "debug" : "info";
}

/** The entry of a request that was answered. */
export function logEntry(c: AppContext, status: number, ms: number): LogEntry {
  const route = routeOf(c.req.path);
  const code = c.get("code");
  const model = c.get("answeredBy");
  return {
    level: levelOf(status, route, code),
    id: c.get("requestId"),
    method: c.req.method.slice(0, 16),
    route,
    status,
    ms: Math.round(ms * 10) / 10,
    ...(model && { model_version: model.version, role: model.role }),
    ...c.get("batch"),
    ...(code && { code }),
  };
}
