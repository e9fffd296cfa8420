import { MAX_FILE_BYTES } from "@sluice/core/batch/source";
import type { Blobs, Clock, Documents, Runs, Serving, Uploads } from "@sluice/core/ports";

/** One line of the log. */
export interface LogEntry {
  level: "info" | "error";
  message: string;
  /** Who asked, as the authorizer says; null where nobody has to say (on this machine). */
  caller: string | null;
  [detail: string]: unknown;
}

export const DEFAULT_LIMITS = {
  /** In one announcement: each is answered with a signed form of some 4 KB, and a function may answer 6 MB. */
  filesAtOnce: 500,
  /** In a batch. */
  files: 50_000,
  fileBytes: MAX_FILE_BYTES,
  /** Of a request; files do not go through here. */
  bodyBytes: 4 * 2 ** 20,
  /** Validation reads a zip whole into its memory, where it lies twice while it arrives. */
  zipBytes: 2 ** 29,
};
export type Limits = typeof DEFAULT_LIMITS;

export interface ControlDeps {
  world: { blobs: Blobs; documents: Documents; clock: Clock };
  runs: Runs;
  uploads: Uploads;
  serving?: Pick<Serving, "ensure">;
  /** Shown under `/`: the folder of a local world, the name of a stage. */
  home?: string;
  /** Starts the run of a complete batch where no event of the bucket does; the same batch again changes nothing. */
  onComplete?: (batch: string) => Promise<unknown>;
  limits?: Partial<Limits>;
  log: (entry: LogEntry) => void;
}

/** What the routes share. */
export type Control = ControlDeps & { limits: Limits };
