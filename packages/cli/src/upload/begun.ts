import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "@sluice/core/errors";
import type { Outcome } from "@sluice/core/run/index";

export interface BatchRun {
  id: string;
  outcome: Outcome | null;
}

/** An event on its way from the bucket takes seconds; a function's cold start as well. */
const LIMIT_MS = 90_000;
const LOOK_MS = 1_000;

/**
 * Waits for the run that the upload of a batch starts: one that is under way, or that was not there before.
 *
 * @param before the runs of the batch before it was complete
 * Throws `run.not_found` when none has begun.
 */
export async function runThatBegins(
  batch: string,
  before: readonly BatchRun[],
  look: () => Promise<BatchRun[]>,
  limitMs = LIMIT_MS,
): Promise<{ runId: string }> {
  const ended = new Set(before.filter(({ outcome }) => outcome !== null).map(({ id }) => id));
  for (const until = Date.now() + limitMs; ; await sleep(Math.min(LOOK_MS, limitMs))) {
    const run = (await look()).find(({ id }) => !ended.has(id));
    if (run) return { runId: run.id };
    if (Date.now() > until) break;
  }
  throw new SluiceError(
    "run.not_found",
    `Batch ${batch} is uploaded, but no run of it has begun within ${Math.round(limitMs / 1_000)} s`,
    "The bucket's event starts it: see the log of the function startRun.",
  );
}
