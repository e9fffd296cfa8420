import type { AppContext } from "./context";
import { routeOf } from "./metrics";

export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** What is said of one request: nothing of its photo, and no name that a client chose but the id. */
export interface LogEntry {
  level: Level;
  /** As in the answer's `X-Request-Id`. */
  id: string;
  method: string;
  /** One of a fixed few. */
  route: string;
  status: number;
  /** From the request's headers to the end of its answer. */
  ms: number;
  /** The model that answered, and its role in the release. */
  model_version?: number | string;
  role?: string;
  /** Of a batch: photos answered, photos refused. */
  answered?: number;
  refused?: number;
  /** Of the error that it was answered with. */
  code?: string;
}

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

/**
 * Writes entries and other lines as JSON, one per line, with the time first.
 *
 * @param least entries below this level are left out
 */
export function jsonLog(write: (line: string) => void, least: Level = "info", now: () => number = Date.now) {
  const put = (level: Level, fields: object) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    write(JSON.stringify({ time: new Date(now()).toISOString(), level, ...fields }));
  };
  return {
    request: ({ level, ...fields }: LogEntry) => put(level, fields),
    say: (message: string) => put("info", { message }),
  };
}
