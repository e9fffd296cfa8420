import { type Run, SluiceError } from "@sluice/core";

/** The number of the model that the run's gate judged. Throws `run.failed` before the gate. */
export function judgedModel(run: Run.Info): number {
  if (run.model !== null) return run.model;
  throw new SluiceError(
    "run.failed",
    `Run ${run.id} has no model yet`,
    `Resume it: sluice runs resume ${run.id}.`,
  );
}
