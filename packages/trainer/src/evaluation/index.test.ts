import { type Blobs, Dataset, Evaluation, Photo, Training } from "@sluice/core";
import { describe as describeFile } from "@sluice/core/dataset/files";
import { memoryWorld } from "@sluice/core/testing/index";
import { toyBundle } from "@sluice/serving/predictor/toy";
import sharp from "sharp";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { loadBackend, type Tf } from "../backend";
import { initialWeights } from "../network/weights";
import { exportBundle } from "../onnx";
import { evaluateJob } from "./index";
import { percentile } from "./report";
import { measureServability, spread } from "./servability";

let tf: Tf;
beforeAll(async () => {
  tf = (await loadBackend("auto")).tf;
});
let world: ReturnType<typeof memoryWorld>;
beforeEach(() => {
  world = memoryWorld();
});

const SIDE = 32;
const WINDOW = { left: 8, top: 12, width: 8, height: 8 };

async function store(bytes: Buffer, { blobs }: { blobs: Blobs }): Promise<Dataset.Stored> {
  const stored = describeFile(bytes);
  await blobs.put(Dataset.storedKey(stored), bytes);
  return stored;
}

/** A grey 32 x 32 photo with a red 8 x 8 window, which the toy model finds to the pixel. @param rows of it in the mask */
async function pair(id: string, rows: number, facts: Partial<Dataset.Pair> = {}): Promise<Dataset.Pair> {
  const { left, top, width, height } = WINDOW;
  const window = { create: { width, height, channels: 3 as const, background: "#f00" } };
  const photo = await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: "#777" } })
    .composite([{ input: window, left, top }])
    .png()
    .toBuffer();
  const truth = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [(i % SIDE) - left, Math.floor(i / SIDE) - top];
    return x >= 0 && x < width && y >= 0 && y < rows ? 255 : 0;
  });
  return {
    id,
    split: "test",
    photo: await store(photo, world),
    mask: await store(await Photo.maskPng(truth, SIDE, SIDE), world),
    width: SIDE,
    height: SIDE,
    orientation: 1,
    areaPx: rows * width,
    brightness: 120,
    phash: "0".repeat(16),
    batch: "b1",
    ...facts,
  };
}

const recipe = Training.Recipe.parse({ size: SIDE, patch: 2, base: 4, levels: 2, refiner: null });
const job = (champion: number | null): Training.Job => ({
  runId: "toy-1",
  datasetVersion: "a".repeat(64),
  recipe,
  champion,
  codeCommit: "c0ffee",
});
const weights = [initialWeights(recipe, 4)];
const writeChallenger = async () =>
  (await exportBundle({ weights, job: job(null), trainedAt: "2026-01-01T00:00:00.000Z" }, world)).digest;
async function writeChampion() {
  for (const [name, bytes] of Object.entries(toyBundle({ size: SIDE }).files)) {
    await world.blobs.put(`models/1/${name}`, bytes);
  }
}
const readReport = async (key: string) =>
  Evaluation.Report.parse(JSON.parse((await world.blobs.get(key)).toString()));

test("writes both reports on the same photos, the pictures, and how the served masks agree", async () => {
  const bundleDigest = await writeChallenger();
  await writeChampion();
  const [b, a, train] = [await pair("b id 1", 4), await pair("a", 8), await pair("c", 8)];
  const pairs = [b, a, { ...train, split: "train" as const }];
  const fractions: number[] = [];
  const answer = await evaluateJob(
    { job: job(1), bundleDigest, weights, pairs, tf, report: (fraction) => fractions.push(fraction) },
    world,
  );

  const keys = Training.keys("toy-1");
  const challenger = await readReport(keys.evaluation);
  const champion = await readReport(keys.championEvaluation);
  expect(challenger.bundleDigest).toBe(bundleDigest);
  expect(challenger.images.map((image) => image.id)).toEqual(["a", "b id 1"]);
  expect(champion.images.map(({ id, dice }) => ({ id, dice }))).toEqual([
    { id: "a", dice: 1 },
    { id: "b id 1", dice: 2 / 3 },
  ]);
  expect(answer.championError).toBeNull();
  expect(answer.servability).toMatchObject({ photos: 2, error: null });
  expect(answer.servability.agreement).toBeGreaterThanOrEqual(0.999);
  expect(answer.servability.latencyMsP95).toBeGreaterThan(0);
  const overlays = await world.blobs.list(keys.overlays);
  expect(overlays.map((key) => key.replace(/^.*overlays\//, "").replace(/-(a|b_id_1)\.jpg$/, ""))).toEqual([
    "best-1",
    "worst-1",
  ]);
  expect(fractions).toEqual([0.2, 0.4, 0.6, 0.8, 1]);

  const text = async (key: string) => (await world.blobs.get(key)).toString();
  expect(await text(keys.report)).toContain("Model 1, the champion, was asked the same.");
  expect(await text(keys.card)).toContain(
    "1 photo to learn from, 0 to choose the best epoch by, 2 to be judged on",
  );
  // With the bundle they go to models/<number>/.
  expect(await text(`${keys.bundle}report.html`)).toBe(await text(keys.report));
  expect(await text(`${keys.bundle}card.md`)).toBe(await text(keys.card));
});

test("a champion that cannot be read is a message, not a zero", async () => {
  const bundleDigest = await writeChallenger();
  await writeChampion();
  await world.blobs.put("models/1/model.onnx", "damaged");
  const keys = Training.keys("toy-1");
  await world.blobs.put(keys.championEvaluation, "of a lost attempt");
  const pairs = [await pair("a", 8)];
  const { championError } = await evaluateJob({ job: job(1), bundleDigest, weights, pairs, tf }, world);
  expect(championError).toBe(
    "Champion 1 could not be evaluated: models/1/model.onnx is not the file that model.json names",
  );
  expect(await world.blobs.has(keys.championEvaluation)).toBe(false);
  expect(await world.blobs.has(keys.evaluation)).toBe(true);
});

test("without a champion there is no report of one", async () => {
  const bundleDigest = await writeChallenger();
  const input = { job: job(null), bundleDigest, weights, pairs: [await pair("a", 8)], tf };
  expect((await evaluateJob(input, world)).championError).toBeNull();
  expect(await world.blobs.has(Training.keys("toy-1").championEvaluation)).toBe(false);
});

test("a challenger that is not the one just trained is no result", async () => {
  await writeChallenger();
  const input = { job: job(null), bundleDigest: "0".repeat(64), weights, pairs: [await pair("a", 8)], tf };
  await expect(evaluateJob(input, world)).rejects.toMatchObject({ code: "model.corrupt" });
});

test("a damaged test photo ends the evaluation, named", async () => {
  const bundleDigest = await writeChallenger();
  const damaged = await pair("a", 8);
  await world.blobs.put(Dataset.storedKey(damaged.mask), "damaged");
  const answer = evaluateJob({ job: job(null), bundleDigest, weights, pairs: [damaged], tf }, world);
  await expect(answer).rejects.toMatchObject({ code: "dataset.corrupt" });
});

test("servability: other weights than the trainer's are noticed", async () => {
  await writeChallenger();
  const prefix = Training.keys("toy-1").bundle;
  const bias = { shape: [4], data: new Float32Array(4).fill(50) };
  const others = [new Map(weights[0]).set("head.bias", bias)];
  const pairs = [await pair("a", 8)];
  const { agreement, error } = await measureServability(
    { prefix, recipe, weights: others, pairs, tf },
    world,
  );
  expect(error).toBeNull();
  expect(agreement).toBeLessThan(0.9);
});

test("servability: a model that does not load and a photo that is refused are errors, not exceptions", async () => {
  const prefix = Training.keys("toy-1").bundle;
  const pairs = [await pair("a", 8)];
  const measure = () => measureServability({ prefix, recipe, weights, pairs, tf }, world);
  expect(await measure()).toEqual({
    photos: 0,
    agreement: 0,
    latencyMsP95: 0,
    error: "There is no model under jobs/toy-1/bundle/",
  });
  await writeChallenger();
  pairs[0] = { ...pairs[0], photo: await store(Buffer.from("no photo"), world) };
  expect((await measure()).error).toMatch(/^a: 415 /);
});

test("spread and percentile", () => {
  expect(spread([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 4)).toEqual([1, 3, 6, 8]);
  expect(spread([1, 2], 8)).toEqual([1, 2]);
  expect(percentile([30, 10, 20, 40], 0.5)).toBe(20);
  expect(percentile([30, 10, 20, 40], 0.95)).toBe(40);
  expect(percentile([], 0.5)).toBe(0);
});
