import { Registry, Run, SluiceError, Training } from "@sluice/core";
import type { Step, With } from "../step";
import { type Attempt, commandId, currentAttempt, MAX_LOST, recordAttempt } from "./training-attempt";

type Ports = "blobs" | "documents" | "clock" | "commands" | "settings" | "codeCommit";

/**
 * Sends the trainer to the host. Asked again, it leaves a training that runs or has finished alone, and starts one
 * that was lost (or, after a resume, one that failed) from its last checkpoint. Throws `host.lost`.
 */
export const startTraining: Step<{ attempt: number }, Ports> = async ({ runId }, world) => {
  const last = await currentAttempt(runId, world);
  if (last && (await isAlive(runId, last, world))) return { attempt: last.number };

  const attempt = await nextAttempt(runId, last, world);
  await writeJob(runId, world);
  await world.blobs.remove(Training.keys(runId).failure);
  await world.blobs.remove(Training.keys(runId).progress);
  await recordAttempt(runId, attempt, world);
  await world.commands.send({
    id: commandId(runId, attempt.number),
    line: `sluice-trainer train --run ${runId}`,
    timeoutSeconds: world.settings.trainingTimeoutSeconds,
  });
  return { attempt: attempt.number };
};

async function isAlive(runId: string, last: Attempt, world: With<Ports>): Promise<boolean> {
  if (await world.blobs.has(Training.keys(runId).result)) return true;
  const status = await world.commands.status(commandId(runId, last.number));
  return status?.state === "running" || status?.state === "succeeded";
}

async function nextAttempt(runId: string, last: Attempt | undefined, world: With<Ports>): Promise<Attempt> {
  const { resumed } = await Run.get(runId, world);
  const isFirst = !last || last.resumed !== resumed;
  const lost = isFirst ? 0 : last.lost + 1;
  if (lost > MAX_LOST) {
    throw new SluiceError(
      "host.lost",
      `The training of run ${runId} was lost ${lost} times`,
      `See its log, then: sluice runs resume ${runId}.`,
    );
  }
  return { number: (last?.number ?? 0) + 1, sentAt: world.clock.now(), lost, resumed };
}

/** Written once per run: a resumed training sees the same job. */
async function writeJob(runId: string, world: With<Ports>): Promise<void> {
  const run = await Run.get(runId, world);
  if (run.datasetVersion === null) {
    throw new SluiceError("run.failed", `Run ${runId} has no dataset`, "Push the batch again.");
  }
  const { champion } = await Registry.read(world);
  const job: Training.Job = {
    runId,
    datasetVersion: run.datasetVersion,
    recipe: world.settings.recipe,
    champion,
    codeCommit: world.codeCommit,
    ...(world.commands.release && { hostRelease: world.commands.release }),
  };
  await world.blobs.put(Training.keys(runId).job, JSON.stringify(job, null, 2), { ifAbsent: true });
}
