import { Release, Run } from "@sluice/core";
import type { With } from "../step";

const WATCH = "canary";
export const VERDICT = "observeCanary";

/** What the run remembers of its canary; undefined: it has put none out. */
export const watchOf = (run: Run.Info): Release.Watch | undefined =>
  Release.Watch.safeParse(run.steps[WATCH]).data;

export const recordWatch = (runId: string, watch: Release.Watch, world: With<"documents" | "clock">) =>
  Run.record(runId, WATCH, watch, world);

export const verdictOf = (run: Run.Info): Release.CanaryVerdict | undefined =>
  Release.CanaryVerdict.safeParse(run.steps[VERDICT]).data;

/** A canary whose run does not come to its end goes back: nobody watches it any more. */
export async function takeBackCanary(runId: string, world: With<"documents" | "clock">): Promise<void> {
  const { model } = await Run.get(runId, world);
  if (model === null) return;
  await Release.withdraw(
    { model, reason: `run ${runId} ended without a verdict`, by: `run ${runId}` },
    world,
  );
}
