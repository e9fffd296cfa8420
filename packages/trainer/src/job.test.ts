import { Bundle, Evaluation, Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { beforeEach, expect, test } from "vitest";
import { readJob, trainJob } from "./job";
import { writeToyDataset } from "./testing/toy-dataset";

let world: ReturnType<typeof memoryWorld>;
beforeEach(() => {
  world = memoryWorld();
});
const keys = Training.keys("toy-1");
const recipe = Training.Recipe.parse({
  size: 32,
  patch: 2,
  base: 8,
  levels: 2,
  batchSize: 4,
  epochs: 24,
  learningRate: 0.01,
});
async function toyJob(counts = { train: 24, validation: 6, test: 4 }): Promise<Training.Job> {
  const datasetVersion = await writeToyDataset(counts, world);
  return { runId: "toy-1", datasetVersion, recipe, champion: null, codeCommit: "c0ffee" };
}
const readJson = async (key: string): Promise<unknown> =>
  JSON.parse((await world.blobs.get(key)).toString("utf8"));

test("from a job to a result: every artefact is there, and the served model finds the rectangles", async () => {
  const lines: string[] = [];
  const result = await trainJob(await toyJob(), world, { log: (line) => lines.push(line) });

  expect(Training.Result.parse(await readJson(keys.result))).toEqual(result);
  expect(result.epochs).toHaveLength(24);
  expect(lines.filter((line) => line.startsWith("epoch "))).toHaveLength(24);
  expect(result.championError).toBeNull();

  const bundle = Bundle.Bundle.parse(await readJson(keys.bundle + Bundle.MODEL_JSON));
  expect(bundle).toMatchObject({ inputSize: 32, runId: "toy-1", codeCommit: "c0ffee", threshold: 0.5 });
  const report = Evaluation.Report.parse(await readJson(keys.evaluation));
  expect(report.images).toHaveLength(4);
  expect(report.dice).toBeGreaterThan(0.85);
  expect(result.servability).toMatchObject({ error: null, photos: 4 });
  expect(result.servability.agreement).toBeGreaterThan(0.999);
  expect((await world.blobs.get(keys.curves)).subarray(1, 4).toString()).toBe("PNG");
  expect((await world.blobs.list(keys.overlays)).length).toBeGreaterThan(0);

  const progress = Training.Progress.parse(await readJson(keys.progress));
  expect(progress).toMatchObject({ phase: "done", fraction: 1, epochs: 24, secondsLeft: 0 });
  expect(progress.validationDice).toBeGreaterThan(0.85);

  // Asked again, it answers the same and trains nothing.
  expect(await trainJob(await toyJob(), world, { log: () => expect.unreachable() })).toEqual(result);
});

test.each([
  [{ train: 0, validation: 6, test: 4 }, "0 training, 6 validation and 4 test"],
  [{ train: 24, validation: 0, test: 4 }, "24 training, 0 validation and 4 test"],
  [{ train: 24, validation: 6, test: 0 }, "24 training, 6 validation and 0 test"],
])("an empty split is told with the counts: %o", async (counts, message) => {
  await expect(trainJob(await toyJob(counts), world)).rejects.toMatchObject({
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
