import { Bundle, Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { beforeEach, expect, test } from "vitest";
import { initialWeights, type Weights } from "../network/weights";
import { exportBundle } from "../onnx";
import { startOf } from "./start";

const recipe = Training.Recipe.parse({ size: 32, patch: 2, base: 2, levels: 2, learningRate: 0.004 });
const job = (over: Partial<Training.Recipe> = {}, champion: number | null = 1): Training.Job => ({
  runId: "run-2",
  datasetVersion: "d".repeat(64),
  recipe: { ...recipe, ...over },
  champion,
  codeCommit: "c0ffee",
});

let world: ReturnType<typeof memoryWorld>;
let weights: Weights;
beforeEach(async () => {
  world = memoryWorld();
  weights = initialWeights(recipe, 7);
  await exportBundle({ weights, job: job(), trainedAt: "2026-01-01T00:00:00.000Z" }, world);
  const { bundle } = Training.keys("run-2");
  for (const key of await world.blobs.list(bundle)) {
    await world.blobs.put(Bundle.modelPrefix(1) + key.slice(bundle.length), await world.blobs.get(key));
  }
});

test("a champion of the same network lends its weights, at half the learning rate", async () => {
  const start = await startOf(job(), world);
  expect(start).toMatchObject({ learningRate: 0.002, why: "from the weights of model 1" });
  expect([...(start.weights ?? [])]).toEqual([...weights]);
});

test("another input size is the same network", async () => {
  expect((await startOf(job({ size: 64 }), world)).weights).not.toBeNull();
});

test.each([
  ["the recipe says so", job({ start: "scratch" })],
  ["there is no champion yet", job({}, null)],
  ["the weights of model 1 do not fit", job({ base: 4 })],
  ["the weights of model 9 do not fit", job({}, 9)],
])("from scratch, at the full rate: %s", async (why, given) => {
  expect(await startOf(given, world)).toEqual({
    weights: null,
    learningRate: 0.004,
    why: `from scratch: ${why}`,
  });
});

test("damaged weights are not begun with", async () => {
  await world.blobs.put(`${Bundle.modelPrefix(1)}weights.bin`, Buffer.alloc(64));
  expect((await startOf(job(), world)).weights).toBeNull();
});
