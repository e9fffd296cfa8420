import { sha256 } from "../digest";

/** So that `<stem>-<attempt>-r<resumed>` fits the 80 characters of an execution's name. */
const MOST = 64;

/**
 * What the runs of a batch are called, before the attempt: the batch's own name where that may be part of a run id,
 * else that name cleaned, with a piece of its hash, so that `Data` and `data` are two.
 *
 * @example stemOf("Data_2026.11") // "data-2026-11-6b1f7a0c"
 */
export function stemOf(batch: string): string {
  if (/^[a-z0-9][a-z0-9-]*$/.test(batch) && batch.length <= MOST) return batch;
  const clean = batch.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${clean.slice(0, MOST - 9)}-${sha256(batch).slice(0, 8)}`;
}

/** The attempt that a run's id ends with; undefined: it is no run of this stem. */
export function attemptOf(id: string, stem: string): number | undefined {
  const attempt = id.startsWith(`${stem}-`) ? id.slice(stem.length + 1) : "";
  return /^[1-9]\d*$/.test(attempt) ? Number(attempt) : undefined;
}

/** The name of the run's newest execution: `b1-1`, and after its second resume `b1-1-r2`. */
export const executionName = ({ id, resumed }: { id: string; resumed: number }): string =>
  resumed === 0 ? id : `${id}-r${resumed}`;
