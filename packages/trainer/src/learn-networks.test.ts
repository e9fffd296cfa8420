import { Dataset, type Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { loadBackend } from "./backend";
import { type ExampleStore, openExampleStore } from "./data/example-store";
import { loadSplits } from "./data/load-splits";
import { learnNetworks } from "./learn-networks";
import { initialWeights, weightsDigest } from "./network/weights";
import { inProcess, type Replica } from "./replicas";
import { writeToyDataset } from "./testing/toy-dataset";
import { TOY_REFINER, toyRecipe } from "./testing/toy-recipe";
import { progressWriter, type Report } from "./training/progress";
import type { Start } from "./training/start";
import type { TrainOptions } from "./world";

const RECIPE = toyRecipe({ epochs: 3, refiner: { ...TOY_REFINER, epochs: 3 } });
const COUNTS = { train: 12, validation: 4, test: 1 };

let replicas: Replica[];
beforeAll(async () => {
  replicas = [inProcess((await loadBackend("auto")).tf)];
});
let world: ReturnType<typeof memoryWorld>;
let store: ExampleStore;
beforeEach(async () => {
  world = memoryWorld();
  store = await openExampleStore(null);
});
afterEach(() => store.close());

interface Given {
  recipe?: Training.Recipe;
  runId?: string;
  weights?: Start["weights"];
  options?: TrainOptions;
}

/** Trains the toy dataset's networks; `reports` is what was told of the progress. */
async function learned({ recipe = RECIPE, runId = "toy-1", weights = null, options = {} }: Given = {}) {
  const datasetVersion = await writeToyDataset(COUNTS, world);
  const job: Training.Job = { runId, datasetVersion, recipe, champion: null, codeCommit: "c0ffee" };
  const pairs = await Dataset.pairs(datasetVersion, world);
  const splits = await loadSplits(pairs, recipe, { ...world, store }, () => {});
  const progress = progressWriter("progress.json", world, expect.unreachable);
  const reports: Partial<Report>[] = [];
  const report = (change: Partial<Report>) => void reports.push(change);
  const lessons = { job, replicas, splits, start: { weights, recipe, why: "told by the test" } };
  const networks = await learnNetworks(lessons, world, options, { ...progress, report });
  return { networks, reports };
}
type Learned = Awaited<ReturnType<typeof learned>>;
const digests = ({ networks }: Learned) => networks.map(({ trained }) => weightsDigest(trained.weights));

test("a locator and a refiner, each with its own epochs, told as they come", async () => {
  const recipe = toyRecipe({ epochs: 2, refiner: { ...TOY_REFINER, epochs: 3 } });
  const lines: string[] = [];
  const { networks, reports } = await learned({ recipe, options: { log: (line) => lines.push(line) } });

  expect(networks.map(({ role, trained }) => [role, trained.records.length])).toEqual([
    ["locator", 2],
    ["refiner", 3],
  ]);
  expect(lines.map((line) => line.split("  ")[0])).toEqual([
    "locator epoch 1/2",
    "locator epoch 2/2",
    "refiner epoch 1/3",
    "refiner epoch 2/3",
    "refiner epoch 3/3",
  ]);
  const begun = reports.filter(({ network }) => network);
  expect(begun.map(({ network, epoch, loss }) => [network, epoch, loss])).toEqual([
    ["locator", 0, null],
    ["refiner", 0, null],
  ]);
});

test("without a refiner there is one segmenter", async () => {
  const { networks } = await learned({ recipe: toyRecipe({ epochs: 1 }) });
  expect(networks.map(({ role }) => role)).toEqual(["segmenter"]);
});

test("the same seed and data make the same weights in both networks; another seed makes others in both", async () => {
  const first = digests(await learned({ runId: "first-1" }));
  expect(digests(await learned({ runId: "second-1" }))).toEqual(first);
  const [locator, refiner] = digests(await learned({ runId: "third-1", recipe: { ...RECIPE, seed: 2 } }));
  expect(locator).not.toBe(first[0]);
  expect(refiner).not.toBe(first[1]);
});

test.each([
  {
    role: "locator",
    epoch: 2,
    told: ["locator 2/3", "locator 3/3", "refiner 1/3", "refiner 2/3", "refiner 3/3"],
  },
  { role: "refiner", epoch: 2, told: ["refiner 2/3", "refiner 3/3"] },
])(
  "stopped in epoch $epoch of the $role, it goes on there, to the same weights",
  async ({ role, epoch, told }) => {
    const whole = digests(await learned({ runId: "whole-1" }));

    const stop = new AbortController();
    const before = `${role} epoch ${epoch - 1}/3`;
    const log = (line: string) => line.startsWith(before) && stop.abort(new Error("stopped here"));
    await expect(learned({ options: { signal: stop.signal, log } })).rejects.toThrow("stopped here");

    const lines: string[] = [];
    const resumed = await learned({ options: { log: (line) => lines.push(line) } });
    const epochs = lines.flatMap((line) => /^(\w+) epoch (\S+)/.exec(line)?.slice(1).join(" ") ?? []);
    expect(epochs).toEqual(told);
    expect(digests(resumed)).toEqual(whole);
  },
);

test("another recipe under the same run goes on from neither network", async () => {
  await learned();
  const lines: string[] = [];
  const changed = { ...RECIPE, weightDecay: 0.5 };
  await learned({ recipe: changed, options: { log: (line) => lines.push(line) } });
  expect(lines.filter((line) => line.includes("goes on"))).toEqual([]);
});

test("each network begins with the weights that it is given", async () => {
  const weights = [initialWeights(RECIPE, 11), initialWeights({ ...TOY_REFINER }, 12)];
  const given = digests(await learned({ runId: "given-1", weights }));
  const fresh = digests(await learned({ runId: "fresh-1" }));
  expect(given[0]).not.toBe(fresh[0]);
  expect(given[1]).not.toBe(fresh[1]);
  expect(digests(await learned({ runId: "again-1", weights }))).toEqual(given);
});

test("a refiner that collapses is told, though the locator has learned", async () => {
  const recipe = toyRecipe({ epochs: 3, refiner: { ...TOY_REFINER, epochs: 1, learningRate: 1e-9 } });
  const blind = initialWeights(TOY_REFINER, 1);
  blind.get("head.bias")?.data.fill(-50);
  const lines: string[] = [];
  const collapsed = learned({
    recipe,
    weights: [initialWeights(recipe, 1), blind],
    options: { log: (line) => lines.push(line) },
  });
  await expect(collapsed).rejects.toMatchObject({ code: "training.collapsed" });
  expect(lines.at(-1)).toContain("refiner epoch 1/1");
});
