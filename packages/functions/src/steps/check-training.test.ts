import { Run, Settings, Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import { checkTraining } from "./check-training";
import { recordAttempt } from "./training-attempt";

/** A training that was sent and runs; `cancelled` holds what was given up. */
async function sent() {
  const memory = memoryWorld();
  const cancelled: string[] = [];
  const commands = {
    send: async () => {},
    status: async () => ({ state: "running" as const }),
    cancel: async (id: string) => void cancelled.push(id),
  };
  const settings = Settings.parse({ heartbeatSeconds: 60, firstSignSeconds: 600 });
  const world = { ...memory, commands, settings };
  await Run.create({ id: "a-1", batch: "a" }, world);
  await recordAttempt("a-1", { number: 1, sentAt: world.clock.now(), lost: 0, resumed: 0 }, world);
  const check = () => checkTraining({ runId: "a-1" }, world);
  const beat = () => {
    const progress: Training.Progress = {
      phase: "training",
      backend: "native",
      network: "segmenter",
      epoch: 1,
      epochs: 2,
      fraction: 0,
      loss: null,
      validationDice: null,
      secondsLeft: null,
      at: world.clock.now(),
    };
    return world.blobs.put(Training.keys("a-1").progress, JSON.stringify(progress));
  };
  return { world, check, beat, cancelled };
}

test("a host that is being set up has longer until its first sign", async () => {
  const { world, check, cancelled } = await sent();
  world.clock.advance(599_000);
  expect(await check()).toEqual({ state: "running" });
  world.clock.advance(2_000);
  expect(await check()).toEqual({ state: "lost" });
  expect(cancelled).toEqual(["a-1-train-1"]);
});

test("from the first sign on, silence is short", async () => {
  const { world, check, beat, cancelled } = await sent();
  world.clock.advance(300_000);
  await beat();
  world.clock.advance(59_000);
  expect(await check()).toEqual({ state: "running" });
  world.clock.advance(2_000);
  expect(await check()).toEqual({ state: "lost" });
  expect(cancelled).toEqual(["a-1-train-1"]);
});
