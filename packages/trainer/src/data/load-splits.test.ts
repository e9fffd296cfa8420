import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Blobs, Dataset, type Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeToyDataset } from "../testing/toy-dataset";
import { TOY_REFINER, toyRecipe } from "../testing/toy-recipe";
import { locatorPlan, refinerPlan } from "../training/network-plan";
import { emptyBatch } from "./batch";
import { openExampleStore } from "./example-store";
import { loadSplits } from "./load-splits";

const RECIPE = toyRecipe({ refiner: TOY_REFINER });

let folder: string;
let world: ReturnType<typeof memoryWorld>;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "sluice-splits-test-"));
  world = memoryWorld();
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

/** Loads the toy dataset as a training does; pairs of the same split and number are the same pictures. */
async function load(counts: Record<Dataset.Split, number>, recipe: Training.Recipe = RECIPE) {
  const pairs = await Dataset.pairs(await writeToyDataset(counts, world), world);
  const read: string[] = [];
  const blobs: Blobs = {
    ...world.blobs,
    get(key) {
      read.push(key);
      return world.blobs.get(key);
    },
  };
  const told: number[] = [];
  const store = await openExampleStore(folder);
  const splits = await loadSplits(pairs, recipe, { blobs, store }, (fraction) => told.push(fraction));
  return { ...splits, read, told };
}

test("the locator's training pairs are there at the size of its first epochs, too", async () => {
  const recipe = toyRecipe({ progressiveResizing: { scale: 0.5, share: 0.5 } });
  const { early } = locatorPlan(recipe);
  if (!early) throw new Error("nothing is smaller");
  const { locator } = await load({ train: 5, validation: 3, test: 2 }, recipe);
  expect(locator.early?.count).toBe(5);
  const batch = emptyBatch(1, { ...early, patch: recipe.patch });
  locator.early?.fill(batch, [4], null);
  expect(batch.target.some((value) => value === 1)).toBe(true);
  expect((await load({ train: 5, validation: 3, test: 2 })).locator.early).toBeUndefined();
});

test("each network has its splits, at its own size", async () => {
  const { locator, refiner, decoded, told } = await load({ train: 5, validation: 3, test: 2 });
  expect([locator.train.count, locator.validation.count]).toEqual([5, 3]);
  expect([refiner?.train.count, refiner?.validation.count]).toEqual([5, 3]);
  expect(decoded).toBe(8);
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => n / 8));

  const [whole, close] = [locatorPlan(RECIPE), refinerPlan(RECIPE)];
  if (!close || !refiner) throw new Error("there is no refiner");
  for (const [plan, examples] of [
    [whole, locator],
    [close, refiner],
  ] as const) {
    const batch = emptyBatch(3, plan);
    examples.train.fill(batch, [0, 2, 4], { seed: 1, epoch: 1 });
    expect(batch.target.some((value) => value === 1)).toBe(true);
    expect(batch.input.every((value) => value >= 0 && value <= 1)).toBe(true);
  }
});

test("what is new is decoded, the rest is there from the last training: 10 of 30", async () => {
  expect((await load({ train: 18, validation: 2, test: 1 })).decoded).toBe(20);
  const { decoded, read, locator } = await load({ train: 27, validation: 3, test: 2 });
  expect(locator.train.count).toBe(27);
  expect(decoded).toBe(10);
  expect(read).toHaveLength(20); // photo and mask of each of the ten, and nothing else
  const again = await load({ train: 27, validation: 3, test: 2 });
  expect([again.decoded, again.read]).toEqual([0, []]);
});

test("how long and how fast is learned decodes nothing anew; another size does", async () => {
  const counts = { train: 3, validation: 1, test: 1 };
  await load(counts);
  const learning = { ...RECIPE, epochs: 99, learningRate: 0.5, batchSize: 2, augmentation: null, seed: 9 };
  expect((await load(counts, learning)).decoded).toBe(0);
  expect((await load(counts, { ...RECIPE, size: 64 })).decoded).toBe(4);
  expect((await load(counts, { ...RECIPE, refiner: null })).decoded).toBe(4);
});

test("the examples of the store are those that were decoded", async () => {
  const counts = { train: 4, validation: 1, test: 1 };
  const filled = async () => {
    const { locator, refiner } = await load(counts);
    const [whole, close] = [locatorPlan(RECIPE), refinerPlan(RECIPE)];
    if (!refiner || !close) throw new Error("there is no refiner");
    const batches = [emptyBatch(4, whole), emptyBatch(4, close)];
    locator.train.fill(batches[0], [0, 1, 2, 3], { seed: 1, epoch: 2 });
    refiner.train.fill(batches[1], [0, 1, 2, 3], { seed: 1, epoch: 2 });
    return batches;
  };
  expect(await filled()).toEqual(await filled());
});

test("a damaged photo is named by its pair", async () => {
  const counts = { train: 2, validation: 1, test: 1 };
  const pairs = await Dataset.pairs(await writeToyDataset(counts, world), world);
  const damaged = pairs.find(({ split }) => split === "validation");
  if (!damaged) throw new Error("there is no validation pair");
  const store = await openExampleStore(folder);
  const whole = await world.blobs.get(Dataset.storedKey(damaged.photo));
  await world.blobs.put(Dataset.storedKey(damaged.photo), whole.subarray(0, 90));
  const loading = loadSplits(pairs, RECIPE, { ...world, store }, () => {});
  await expect(loading).rejects.toMatchObject({ code: expect.stringMatching(/^(photo|dataset)\./) });
});
