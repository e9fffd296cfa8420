import type { Sight } from "@sluice/core/run/look";
import type * as Training from "@sluice/core/training/index";

export type { Sight };

const ENDS = new Set(["ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted"]);

/** The run has its outcome, and its host has been given back. */
export const hasEnded = ({ run, history }: Sight): boolean =>
  run.outcome !== null && ENDS.has(history.at(-1)?.type ?? "");

/**
 * What the training is doing, if it is the state that the run is in.
 *
 * @param since what was before (epoch ms) is of an execution that has ended
 */
export function training({ run, history, progress }: Sight, since = 0): Training.Progress | null {
  const entered = history.findLast((event) => event.type === "StateEntered");
  const isTraining = run.outcome === null && entered?.state === "CheckTraining" && entered.at >= since;
  return isTraining && progress !== null && progress.at >= since ? progress : null;
}
