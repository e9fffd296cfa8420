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
