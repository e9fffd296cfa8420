import { Lease, Registry, Release, Run, SluiceError } from "@sluice/core";
import type { Step, With } from "../step";
import { judgedModel } from "./judged-model";
import { recordWatch, verdictOf, watchOf } from "./watched";

type Ports = "documents" | "clock" | "serving" | "settings";
type Answer = { state: "direct" | "out" };

/**
 * Puts the challenger out beside the champion, as the stage's strategy says: `direct`, and the first model of all, need
 * no canary. Asked again it leaves a canary that is out, or already judged, as it is.
 */
export const deployCanary: Step<Answer, Ports> = async ({ runId }, world) => {
  await Lease.assertHeld({ holder: runId }, world);
  const run = await Run.get(runId, world);
  const canary = judgedModel(run);
  const champion = run.judgedAgainst;
  const [first] = Release.phasesOf(world.settings.release);
  if (!first || champion === null) return { state: "direct" };
  if (verdictOf(run)) return { state: "out" };
  if (watchOf(run) && (await Release.current(world))?.canary === canary) return served(world);

  if (Registry.find(await Registry.read(world), canary).stage === "Archived") throw takenBack(canary);
  await recordWatch(runId, Release.startWatch({ champion, canary }, world.clock.now()), world);
  const { weight } = first;
  const { strategy } = world.settings.release;
  const by = `run ${runId}`;
  await Release.canary({ model: canary, champion, weight, reason: `${strategy}: being watched`, by }, world);
  return served(world);
};

async function served({ serving }: With<"serving">): Promise<Answer> {
  await serving.ensure();
  return { state: "out" };
}

const takenBack = (canary: number) =>
  new SluiceError(
    "release.conflict",
    `Model ${canary} was taken back by hand while it was being released`,
    "Push the batch again: a new run is judged anew.",
  );
