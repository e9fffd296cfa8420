import { Release } from "@sluice/core";
import type { Around } from "@sluice/local/runner/index";
import { putBatch } from "./batches";
import { type FakeWorld, fakeWorld } from "./fake-world";
import { pushed, runnerOf } from "./simulate";

/** A world whose champion is model 1, and whose next model is better. */
export async function releasing(strategy: "canary" | "blue-green", around?: Around) {
  const world = fakeWorld();
  world.dices = [0.85, 0.95];
  await pushed(world, await putBatch(world, 1));
  world.settings.release = { ...world.settings.release, strategy };
  const release = async () => pushed(world, await putBatch(world, 2), around);
  return { world, release };
}
/** Champion, canary and weight, release by release. */
export const served = async (world: FakeWorld) =>
  (await Release.history(world)).map((r) => [r.champion, r.canary, r.weight]);
/** What a run went through. */
export const states = async (world: FakeWorld, runId: string) =>
  (await runnerOf(world).history(runId)).filter((e) => e.type === "StateEntered").map((e) => e.state);
