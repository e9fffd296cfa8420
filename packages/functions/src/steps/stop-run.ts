import { isSluiceError, Run } from "@sluice/core";
import * as z from "zod";
import { Failure } from "../failure";
import { inputOf, type Step, StepInput, type With } from "../step";
import { type Freed, freeHost } from "./free-host";
import { commandId, currentAttempt } from "./training-attempt";
import { takeBackCanary } from "./watched";

type Ports = "documents" | "clock" | "commands" | "host" | "settings";

/** How an execution ended, where the state machine's own clean-up may have been bypassed. */
export const StopInput = StepInput.extend({
  /** Which of the run's executions it was: how often the run had been resumed. Without it, the current one. */
  resumed: z.number().int().nonnegative().optional(),
  status: z.enum(["ABORTED", "TIMED_OUT", "FAILED"]).default("ABORTED"),
  error: z.string().nullish(),
  cause: z.string().nullish(),
});
type Input = z.output<typeof StopInput>;
export type StopAnswer = { host: Freed | "left to a newer execution" | "of no run" };

/**
 * Ends the run if that is still open, takes back its canary, cancels its training and frees the host. What a newer execution of the run,
 * or another run, holds is left alone.
 */
export const stopRun: Step<StopAnswer, Ports> = async (input, world) => {
  const stopped = inputOf(StopInput, input);
  const { runId } = stopped;
  if (!(await isRun(runId, world))) return { host: "of no run" }; // somebody started an execution by hand
  const resumed = stopped.resumed ?? (await Run.get(runId, world)).resumed;
  const isStillMine = async () => (await Run.get(runId, world)).resumed === resumed;

  await Run.endExecution(runId, { resumed, ...endOf(stopped) }, world);
  if (!(await isStillMine())) return { host: "left to a newer execution" };
  await takeBackCanary(runId, world);
  const attempt = await currentAttempt(runId, world);
  if (attempt) await world.commands.cancel(commandId(runId, attempt.number));
  if (!(await isStillMine())) return { host: "left to a newer execution" };
  return { host: await freeHost(runId, world) };
};

const isRun = (runId: string, world: With<Ports>) =>
  Run.get(runId, world).then(
    () => true,
    (error: unknown) => {
      if (isSluiceError(error) && error.code === "run.not_found") return false;
      throw error;
    },
  );

function endOf({
  runId,
  status,
  error,
  cause,
}: Input): Omit<Parameters<typeof Run.endExecution>[1], "resumed"> {
  if (status === "FAILED") {
    const fault = Failure.parse({ Error: error ?? undefined, Cause: cause ?? undefined });
    const hint = fault.hint || `Resume it: sluice runs resume ${runId}.`;
    return { outcome: "failed", summary: fault.message, error: { ...fault, hint } };
  }
  const how = status === "ABORTED" ? "It was stopped by hand" : "It ran into the state machine's time limit";
  return { outcome: "stopped", summary: `${how}; its batch and checkpoint are kept` };
}
