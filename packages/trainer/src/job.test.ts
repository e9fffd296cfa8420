import { Bundle, Evaluation, Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { beforeEach, expect, test } from "vitest";
import { readJob, trainJob } from "./job";
import { writeToyDataset } from "./testing/toy-dataset";
import { TOY_REFINER, toyRecipe } from "./testing/toy-recipe";

let world: ReturnType<typeof memoryWorld>;
beforeEach(() => {
  world = memoryWorld();
});
const keys = Training.keys("toy-1");
const recipe = toyRecipe({
  patch: 2,
  base: 8,
  epochs: 20,
  refiner: { ...TOY_REFINER, width: 32, height: 32, base: 8, epochs: 10, across: 1.5 },
});
/** Finds little, and is trained in a second. */
const BRIEF = toyRecipe({ epochs: 3, refiner: { ...TOY_REFINER, epochs: 2 } });
const COUNTS = { train: 24, validation: 6, test: 4 };
async function toyJob(changes: Partial<Training.Job> = {}, counts = COUNTS): Promise<Training.Job> {
  const datasetVersion = await writeToyDataset(counts, world);
  return { runId: "toy-1", datasetVersion, recipe, champion: null, codeCommit: "c0ffee", ...changes };
}
const readJson = async (key: string): Promise<unknown> =>
  JSON.parse((await world.blobs.get(key)).toString("utf8"));

test("from a job to a result: every artefact is there, and the served model finds the rectangles", {
  timeout: 120_000,
}, async () => {
  const lines: string[] = [];
  const result = await trainJob(await toyJob(), world, { log: (line) => lines.push(line) });

  expect(Training.Result.parse(await readJson(keys.result))).toEqual(result);
  const told = (role: string) => lines.filter((line) => line.startsWith(`${role} epoch `)).length;
  expect(result.networks.map(({ role, epochs }) => [role, epochs.length, told(role)])).toEqual([
    ["locator", 20, 20],
    ["refiner", 10, 10],
  ]);
  expect(result).toMatchObject({ startedFrom: null, decoded: 30 });
  expect(result.championError).toBeNull();

  const bundle = Bundle.Bundle.parse(await readJson(keys.bundle + Bundle.MODEL_JSON));
  expect(bundle).toMatchObject({ runId: "toy-1", codeCommit: "c0ffee", threshold: 0.5 });
  expect(bundle.stages.map(({ role }) => role)).toEqual(["locator", "refiner"]);
  const report = Evaluation.Report.parse(await readJson(keys.evaluation));
  expect(report.images).toHaveLength(4);
  expect(report.dice).toBeGreaterThan(0.85);
  expect(result.servability).toMatchObject({ error: null, photos: 4 });
  expect(result.servability.agreement).toBeGreaterThan(0.999);
  expect((await world.blobs.get(keys.curves)).subarray(1, 4).toString()).toBe("PNG");
  expect((await world.blobs.list(keys.overlays)).length).toBeGreaterThan(0);

  const progress = Training.Progress.parse(await readJson(keys.progress));
  expect(progress).toMatchObject({ phase: "done", network: null, fraction: 1, epochs: 10, secondsLeft: 0 });
  expect(progress.validationDice).toBeGreaterThan(0.85);

  // Asked again, it answers the same and trains nothing.
  expect(await trainJob(await toyJob(), world, { log: () => expect.unreachable() })).toEqual(result);
});

test("a champion's two networks are gone on from, for fewer epochs; the bundle names the recipe as it was asked for", {
  timeout: 120_000,
}, async () => {
  const champion = await trainJob(await toyJob({ recipe: BRIEF }), world);
  for (const key of await world.blobs.list(keys.bundle)) {
    const file = key.slice(keys.bundle.length);
    await world.blobs.put(Bundle.modelPrefix(1) + file, await world.blobs.get(key));
  }
  const lines: string[] = [];
  const job = await toyJob({ runId: "warm-1", recipe: BRIEF, champion: 1 });
  const result = await trainJob(job, world, { log: (line) => lines.push(line) });

  expect(lines).toContain("begins from the weights of model 1");
  expect(result).toMatchObject({ startedFrom: 1, championError: null });
  expect(result.networks.map(({ epochs }) => epochs.length)).toEqual([1, 1]);
  for (const [i, { epochs }] of result.networks.entries()) {
    expect(epochs[0].loss).toBeLessThan(champion.networks[i].epochs[0].loss);
  }
  const bundle = Bundle.Bundle.parse(await readJson(Training.keys("warm-1").bundle + Bundle.MODEL_JSON));
  expect(bundle.recipe).toEqual(BRIEF);
});

test.each([
  [{ train: 0, validation: 6, test: 4 }, "0 training, 6 validation and 4 test"],
  [{ train: 24, validation: 0, test: 4 }, "24 training, 0 validation and 4 test"],
  [{ train: 24, validation: 6, test: 0 }, "24 training, 6 validation and 0 test"],
])("an empty split is told with the counts: %o", async (counts, message) => {
  await expect(trainJob(await toyJob({}, counts), world)).rejects.toMatchObject({
    code: "dataset.too_small",
    message: expect.stringContaining(message),
    hint: expect.stringContaining("Push more pairs"),
  });
  expect(await world.blobs.has(keys.result)).toBe(false);
});

test("a job that is not there or does not fit is named", async () => {
  await expect(readJob("toy-1", world)).rejects.toMatchObject({
    code: "usage.not_found",
    message: expect.stringContaining("jobs/toy-1/job.json"),
  });
  await world.blobs.put(keys.job, JSON.stringify({ ...(await toyJob()), recipe: { ...recipe, epochs: 0 } }));
  await expect(readJob("toy-1", world)).rejects.toMatchObject({
    code: "document.invalid",
    message: expect.stringContaining("recipe.epochs"),
  });
});
