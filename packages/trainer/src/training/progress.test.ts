import { type Blobs, Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import { progressWriter } from "./progress";
import { timeLeft } from "./time-left";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const read = async (blobs: Blobs) =>
  Training.Progress.parse(JSON.parse((await blobs.get("progress.json")).toString("utf8")));

test("a new phase is written at once, what follows within a second waits, a flush writes the last word", async () => {
  const world = memoryWorld();
  const progress = progressWriter("progress.json", world, () => expect.unreachable());

  progress.report({ phase: "training", backend: "native" });
  await settled();
  expect(await read(world.blobs)).toMatchObject({ phase: "training", backend: "native", fraction: 0 });

  progress.report({ fraction: 0.5, loss: 0.3 });
  await settled();
  expect(await read(world.blobs)).toMatchObject({ fraction: 0 });

  world.clock.advance(7);
  progress.report({ fraction: 0.75 });
  await progress.flush();
  expect(await read(world.blobs)).toMatchObject({ fraction: 0.75, loss: 0.3, at: Date.UTC(2026, 0, 1) + 7 });
});

test("a disk that cannot be written is told once, and the training goes on", async () => {
  const told: string[] = [];
  const { blobs, clock } = memoryWorld();
  const full: Blobs = { ...blobs, put: () => Promise.reject(new Error("no space left")) };
  const progress = progressWriter("progress.json", { blobs: full, clock }, (line) => told.push(line));

  progress.report({ phase: "training" });
  await progress.flush();
  progress.report({ phase: "exporting" });
  await progress.flush();
  expect(told).toEqual(["progress cannot be written: no space left"]);
});

test("time left goes by the pace since this process joined", () => {
  let now = 1_000;
  const left = timeLeft({ width: 64, height: 64, early: null }, 4, () => now);
  now += 30_000; // one and a half epochs in 30 s: 20 s each
  expect(left({ epoch: 6, planned: 10, fraction: 0.5 })).toBeCloseTo(90, 6);
  expect(left({ epoch: 10, planned: 10, fraction: 1 })).toBe(0);
});

test("epochs to come on larger photos take longer", () => {
  let now = 1_000;
  const plan = { width: 64, height: 64, early: { width: 32, height: 32, share: 0.5 } };
  const left = timeLeft(plan, 0, () => now);
  now += 20_000; // five early ones, each 0.4 of a full one: 10 s for a full one
  expect(left({ epoch: 5, planned: 10, fraction: 1 })).toBeCloseTo(50, 6);
});
