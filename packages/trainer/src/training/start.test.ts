import { Bundle, Dataset, Training } from "@sluice/core";
import { describe as described } from "@sluice/core/dataset/files";
import { EMPTY, writeRoot, writeTouched } from "@sluice/core/dataset/manifest";
import { memoryWorld } from "@sluice/core/testing/index";
import { beforeEach, describe, expect, test } from "vitest";
import { initialWeights, type Weights } from "../network/weights";
import { exportBundle } from "../onnx";
import { TOY_REFINER, toyRecipe } from "../testing/toy-recipe";
import { startOf } from "./start";

const LEARNING = { epochs: 20, learningRate: 0.004, budgetSeconds: 100 };
const ONE = toyRecipe({ ...LEARNING, base: 2 });
const TWO = toyRecipe({
  ...LEARNING,
  base: 2,
  refiner: { ...TOY_REFINER, base: 3, epochs: 10, learningRate: 0.002 },
});

let world: ReturnType<typeof memoryWorld>;
beforeEach(() => {
  world = memoryWorld();
});

/** A dataset version of so many training photos and a few others; number `i` is the same photo in each version. */
async function dataset(from: number, to: number): Promise<{ version: string; pairs: Dataset.Pair[] }> {
  const stored = (what: string) => described(Buffer.from(what));
  const pair = (id: string, split: Dataset.Split): Dataset.Pair => ({
    id,
    split,
    photo: stored(`photo ${id}`),
    mask: stored(`mask ${id}`),
    width: 32,
    height: 32,
    orientation: 1,
    areaPx: 9,
    brightness: 60,
    phash: "0".repeat(16),
    batch: "toy",
  });
  const train = Array.from({ length: to - from }, (_, i) => pair(`train_${from + i}`, "train"));
  const others = (["validation", "test"] as const).map((split) => pair(`${split}_1`, split));
  const touched = await writeTouched(EMPTY, new Map(), [...train, ...others], world.blobs);
  const version = await writeRoot(touched, world.blobs);
  return { version, pairs: await Dataset.pairs(version, world) };
}

const jobOf = (
  recipe: Training.Recipe,
  datasetVersion: string,
  champion: number | null = 1,
): Training.Job => ({
  runId: "run-2",
  datasetVersion,
  recipe,
  champion,
  codeCommit: "c0ffee",
});

/** Registers model 1, trained by that recipe on that dataset. */
async function champion(recipe: Training.Recipe, datasetVersion: string): Promise<Weights[]> {
  const weights = [initialWeights(recipe, 7)];
  if (recipe.refiner) weights.push(initialWeights(recipe.refiner, 8));
  const job = jobOf(recipe, datasetVersion);
  await exportBundle({ weights, job, trainedAt: "2026-01-01T00:00:00.000Z" }, world);
  const { bundle } = Training.keys("run-2");
  for (const key of await world.blobs.list(bundle)) {
    await world.blobs.put(Bundle.modelPrefix(1) + key.slice(bundle.length), await world.blobs.get(key));
  }
  return weights;
}
const entries = (weights: Weights[] | null) => weights?.map((network) => [...network]);

describe("warm", () => {
  test("one network: its weights, fewer epochs, a smaller rate and a smaller budget", async () => {
    const { version, pairs } = await dataset(0, 10);
    const weights = await champion(ONE, version);
    const start = await startOf(jobOf(ONE, version), pairs, world);
    expect(start.why).toBe("from the weights of model 1");
    expect(entries(start.weights)).toEqual(entries(weights));
    expect(start.recipe).toMatchObject({ refiner: null, size: 32, base: 2, progressiveResizing: null });
    expect(start.recipe.epochs).toBeLessThanOrEqual(ONE.epochs / 3);
    expect(start.recipe.epochs).toBeGreaterThanOrEqual(1);
    expect(start.recipe.learningRate).toBeLessThan(ONE.learningRate);
    expect(start.recipe.learningRate).toBeGreaterThan(0);
    expect(start.recipe.budgetSeconds).toBeLessThanOrEqual(100 / 3);
  });

  test("two networks: each its own, both shortened", async () => {
    const { version, pairs } = await dataset(0, 10);
    const weights = await champion(TWO, version);
    const { recipe, ...start } = await startOf(jobOf(TWO, version), pairs, world);
    expect(entries(start.weights)).toEqual(entries(weights));
    expect(recipe.refiner).toMatchObject({ width: 32, height: 16, base: 3 });
    expect(recipe.refiner?.epochs).toBeLessThanOrEqual(10 / 3);
    expect(recipe.refiner?.epochs).toBeGreaterThanOrEqual(1);
    expect(recipe.refiner?.learningRate).toBeLessThan(0.002);
  });

  test("without a budget there is none to shorten, and one epoch stays one", async () => {
    const { version, pairs } = await dataset(0, 10);
    await champion(TWO, version);
    const brief = { ...TWO, epochs: 1, budgetSeconds: null };
    const { recipe } = await startOf(jobOf(brief, version), pairs, world);
    expect(recipe).toMatchObject({ epochs: 1, budgetSeconds: null });
  });

  test.each([
    { known: 20, epochs: 4, learningRate: 0.1 * 0.004, budgetSeconds: 20 },
    { known: 15, epochs: 5, learningRate: 0.25 * 0.004, budgetSeconds: 25 },
    { known: 10, epochs: 10, learningRate: 0.5 * 0.004, budgetSeconds: 50 },
  ])("it may learn as much anew as there is new: $known of 20 known", async ({ known, ...expected }) => {
    await champion(ONE, (await dataset(0, known)).version);
    const { version, pairs } = await dataset(0, 20);
    const { recipe } = await startOf(jobOf(ONE, version), pairs, world);
    expect(recipe.epochs).toBe(expected.epochs);
    expect(recipe.learningRate).toBeCloseTo(expected.learningRate, 9);
    expect(recipe.budgetSeconds).toBeCloseTo(expected.budgetSeconds, 9);
  });

  test("epochs on smaller photos become fewer at full size", async () => {
    const { version, pairs } = await dataset(0, 10);
    await champion(ONE, version);
    const resized = { ...ONE, epochs: 20, progressiveResizing: { scale: 0.5, share: 0.5 } };
    const { recipe } = await startOf(jobOf(resized, version), pairs, world);
    // Ten early epochs cost as much as four: a fifth of fourteen.
    expect(recipe).toMatchObject({ epochs: 3, progressiveResizing: null });
  });

  test("another input size is the same network", async () => {
    const { version, pairs } = await dataset(0, 10);
    await champion(TWO, version);
    const larger = toyRecipe({ ...TWO, size: 64, refiner: { ...TWO.refiner, width: 64 } });
    expect((await startOf(jobOf(larger, version), pairs, world)).weights).not.toBeNull();
  });
});

describe("by how much of today's training photos the champion knew", () => {
  test.each([
    { known: 10, today: 10, start: "auto", warm: true },
    { known: 10, today: 20, start: "auto", warm: true },
    { known: 9, today: 20, start: "auto", warm: false },
    { known: 9, today: 20, start: "warm", warm: true },
    { known: 10, today: 10, start: "scratch", warm: false },
  ] as const)("$known of $today, $start: warm is $warm", async ({ known, today, start, warm }) => {
    await champion(ONE, (await dataset(0, known)).version);
    const { version, pairs } = await dataset(0, today);
    const found = await startOf(jobOf({ ...ONE, start }, version), pairs, world);
    expect(found.weights !== null).toBe(warm);
    expect(found.recipe.epochs === ONE.epochs).toBe(!warm);
  });

  test("photos that are gone again do not count", async () => {
    await champion(ONE, (await dataset(0, 100)).version);
    const { version, pairs } = await dataset(97, 110); // 3 of 13
    expect(await startOf(jobOf(ONE, version), pairs, world)).toEqual({
      weights: null,
      recipe: ONE,
      why: "from scratch: model 1 knew less than half of today's photos",
    });
  });
});

describe("from scratch, as the recipe is", () => {
  test.each([
    ["the recipe says so", { ...TWO, start: "scratch" }, 1],
    ["there is no champion yet", TWO, null],
    ["the weights of model 1 do not fit", { ...TWO, base: 4 }, 1],
    ["the weights of model 1 do not fit", toyRecipe({ ...TWO, refiner: { ...TWO.refiner, levels: 1 } }), 1],
    ["the weights of model 1 do not fit", { ...TWO, refiner: null }, 1],
    ["the weights of model 9 do not fit", TWO, 9],
  ] as const)("%s", async (why, recipe, number) => {
    const { version, pairs } = await dataset(0, 10);
    await champion(TWO, version);
    expect(await startOf(jobOf(recipe, version, number), pairs, world)).toEqual({
      weights: null,
      recipe,
      why: `from scratch: ${why}`,
    });
  });

  test.each(["locator.weights.bin", "refiner.weights.bin", "model.json"])(
    "damaged %s is not begun with",
    async (name) => {
      const { version, pairs } = await dataset(0, 10);
      await champion(TWO, version);
      await world.blobs.put(Bundle.modelPrefix(1) + name, Buffer.alloc(64));
      expect((await startOf(jobOf(TWO, version), pairs, world)).weights).toBeNull();
    },
  );

  test("a champion whose dataset is gone", async () => {
    const { version, pairs } = await dataset(0, 10);
    await champion(ONE, "e".repeat(64));
    expect((await startOf(jobOf(ONE, version), pairs, world)).weights).toBeNull();
  });
});
