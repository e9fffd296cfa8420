import { Run } from "@sluice/core";
import type { Step } from "../step";
import { releaseHost } from "./release-host";
import { commandId, currentAttempt } from "./training-attempt";

/** What follows when an execution was aborted or timed out, where the state machine's own clean-up is bypassed. */
export const stopRun: Step = async ({ runId }, world) => {
  const attempt = await currentAttempt(runId, world);
  if (attempt) await world.commands.cancel(commandId(runId, attempt.number));
  await Run.end(runId, "stopped", "It was stopped by hand; its batch and checkpoint are kept", world);
  await releaseHost({ runId }, world);
};
