import { Lease, Run, readJson, SluiceError, Training } from "@sluice/core";
import type { Step, With } from "../step";
import { type Attempt, commandId, currentAttempt } from "./training-attempt";

type Ports = "blobs" | "documents" | "clock" | "commands" | "settings";
type Answer = { state: "running" | "lost" | "done" };

/** Looks at the training and prolongs the lease. Throws the trainer's own error when it has failed. */
export const checkTraining: Step<Answer, Ports> = async ({ runId }, world) => {
  await Lease.acquire({ holder: runId, ttlMs: world.settings.leaseSeconds * 1_000 }, world);
  if (await world.blobs.has(Training.keys(runId).result)) return { state: "done" };

  const attempt = await currentAttempt(runId, world);
  if (!attempt) return { state: "lost" };
  const status = await world.commands.status(commandId(runId, attempt.number));
  switch (status?.state) {
    case "running":
      return {
        state: (await isSilent(runId, attempt, world)) ? await giveUpOn(runId, attempt, world) : "running",
      };
    case "failed":
      throw await failure(runId, status.exitCode, status.tail ?? "", world);
    case "succeeded":
      // The result may have landed between the two looks.
      if (await world.blobs.has(Training.keys(runId).result)) return { state: "done" };
      throw await failure(runId, 0, "It ended without a result.", world);
    default:
      return { state: "lost" };
  }
};

async function isSilent(runId: string, attempt: Attempt, world: With<Ports>): Promise<boolean> {
  const { progress } = Training.keys(runId);
  const { firstSignSeconds, heartbeatSeconds } = world.settings;
  const at = (await world.blobs.has(progress))
    ? (await readJson(progress, Training.Progress, world)).at
    : attempt.sentAt;
  const limitSeconds = at > attempt.sentAt ? heartbeatSeconds : firstSignSeconds;
  return world.clock.now() - Math.max(at, attempt.sentAt) > limitSeconds * 1_000;
}

async function giveUpOn(runId: string, attempt: Attempt, world: With<Ports>): Promise<"lost"> {
  await world.commands.cancel(commandId(runId, attempt.number));
  return "lost";
}

async function failure(
  runId: string,
  exitCode: number | undefined,
  tail: string,
  world: With<Ports>,
): Promise<Error> {
  const key = Training.keys(runId).failure;
  if (await world.blobs.has(key)) {
    const { code, message, hint } = await readJson(key, Training.Failure, world);
    return new SluiceError(code, message, hint);
  }
  const run = await Run.get(runId, world);
  return new SluiceError(
    "training.failed",
    `The training of run ${run.id} ended with code ${exitCode ?? "none"}: ${tail.trim().split("\n").at(-1) ?? ""}`,
    `See its log, then: sluice runs resume ${run.id}.`,
  );
}
