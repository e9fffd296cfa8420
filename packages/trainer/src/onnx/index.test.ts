import { Bundle, seededRandom, type Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { loadPredictorFromBlobs } from "@sluice/serving/predictor/index";
import type { Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadBackend, type Tf } from "../backend";
import { forwardInference } from "../network/inference";
import { type Architecture, initialWeights, layout, type Weights, weight } from "../network/weights";
import { TOY_REFINER, toyRecipe } from "../testing/toy-recipe";
import { decodeMetadata, exportBundle } from "./index";
import { largestDifference, livedInWeights, sigmoid } from "./testing";

let tf: Tf;
beforeAll(async () => {
  tf = (await loadBackend("auto")).tf;
});

/** The network as the issue describes it, layer by layer and unfolded. @returns [n, height, width, 1] */
function reference(weights: Weights, architecture: Architecture, photos: Tensor4D): Tensor4D {
  const { encoders, decoders } = layout(architecture);
  const variable = (name: string) => {
    const { shape, data } = weight(weights, name);
    return tf.tensor(data, shape);
  };
  const half = (block: string, n: number, x: Tensor4D) => {
    const convolved = tf.conv2d(x, variable(`${block}.conv${n}.kernel`) as Tensor4D, 1, "same");
    const [mean, variance, beta, gamma] = ["mean", "variance", "beta", "gamma"].map((name) =>
      variable(`${block}.bn${n}.${name}`),
    );
    return tf.relu(
      gamma
        .mul(convolved.sub(mean))
        .div(tf.sqrt(variance.add(1e-5)))
        .add(beta),
    ) as Tensor4D;
  };
  const double = (block: string, x: Tensor4D) => half(block, 2, half(block, 1, x));

  const { patch } = architecture;
  let x = patch > 1 ? tf.reshape(patchesByHand(photos, patch), blockShape(photos, patch)) : photos;
  const skips = encoders.slice(0, -1).map(({ name }) => {
    const skip = double(name, x as Tensor4D);
    x = tf.maxPool(skip, 2, 2, "valid");
    return skip;
  });
  x = double(encoders[encoders.length - 1].name, x as Tensor4D);
  for (const { name } of decoders) {
    const skip = skips.pop() as Tensor4D;
    const [, height, width] = skip.shape;
    const up = tf.image.resizeBilinear(x as Tensor4D, [height, width], false, true);
    x = double(name, tf.concat([skip, up], 3));
  }
  const logits = tf
    .conv2d(x as Tensor4D, variable("head.kernel") as Tensor4D, 1, "same")
    .add(variable("head.bias"));
  return patch > 1 ? unpatched(logits as Tensor4D, patch) : (logits as Tensor4D);
}

const blockShape = ({ shape: [n, h, w, c] }: Tensor4D, p: number): [number, number, number, number] => [
  n,
  h / p,
  w / p,
  c * p * p,
];
/** Each block's pixels by row, column and channel, moved one by one. */
function patchesByHand(photos: Tensor4D, p: number) {
  const [n, h, w, c] = photos.shape;
  const data = photos.dataSync();
  const out: number[] = [];
  for (let b = 0; b < n; b++)
    for (let y = 0; y < h; y += p)
      for (let x = 0; x < w; x += p)
        for (let row = 0; row < p; row++)
          for (let col = 0; col < p; col++)
            for (let k = 0; k < c; k++) out.push(data[((b * h + y + row) * w + x + col) * c + k]);
  return tf.tensor(out);
}
/** [n, h, w, p * p] → [n, h * p, w * p, 1] */
function unpatched(logits: Tensor4D, p: number): Tensor4D {
  const [n, h, w] = logits.shape;
  const rows = tf.reshape(logits, [n * h, w, p, p]); // the block's rows, then its columns
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [n, h * p, w * p, 1]);
}

const MODEL = "jobs/toy-1/bundle/model.json";
const job = (recipe: Parameters<typeof toyRecipe>[0]): Training.Job => ({
  runId: "toy-1",
  datasetVersion: "a".repeat(64),
  recipe: toyRecipe({ ...recipe, threshold: 0.4 }),
  champion: null,
  codeCommit: "c0ffee",
});

describe.each([
  { size: 32, patch: 1, base: 4, levels: 2 },
  { size: 64, patch: 1, base: 4, levels: 4 },
  { size: 32, patch: 2, base: 4, levels: 3 },
  { size: 64, patch: 2, base: 8, levels: 3 },
  { size: 64, patch: 4, base: 4, levels: 1 },
] as const)("$size px, patch $patch, $levels levels", (architecture) => {
  test.each([1, 3])("the exported file answers as the network does, batch of %i", async (count) => {
    const { size } = architecture;
    const weights = livedInWeights(architecture);
    const { blobs } = memoryWorld();
    const trainedAt = "2026-01-02T03:04:05.000Z";
    await exportBundle({ weights: [weights], job: job(architecture), trainedAt }, { blobs });
    const predictor = await loadPredictorFromBlobs("jobs/toy-1/bundle/", { blobs }, { threads: 1 });
    const random = seededRandom(3);
    const pictures = Uint8Array.from({ length: count * size * size * 3 }, () => 256 * random());

    const answer = await predictor.networks[0](pictures);
    const photos = tf.div<Tensor4D>(tf.tensor4d(pictures, [count, size, size, 3], "int32"), 255);
    const expected = tf
      .tidy(() => reference(weights, architecture, photos))
      .dataSync<"float32">()
      .map(sigmoid);

    expect(answer).toHaveLength(count * size * size);
    expect(expected.some((p) => p > 0.1 && p < 0.9)).toBe(true); // where a difference would show
    expect(largestDifference(answer, expected)).toBeLessThan(2e-5);
    const own = forwardInference(tf, weights, architecture, photos).dataSync<"float32">().map(sigmoid);
    expect(largestDifference(answer, own)).toBeLessThan(2e-5);
    await predictor.close();
  });
});

test("two networks: each file answers as its own network does, the oblong refiner's too", async () => {
  const given = job({ patch: 2, refiner: { ...TOY_REFINER, width: 48, patch: 1 } });
  const weights = [livedInWeights(given.recipe), livedInWeights({ ...TOY_REFINER, patch: 1 })];
  const { blobs } = memoryWorld();
  const trainedAt = "2026-01-02T03:04:05.000Z";
  const { bundle } = await exportBundle({ weights, job: given, trainedAt }, { blobs });
  expect(bundle.stages).toMatchObject([
    { role: "locator", file: "locator.onnx", width: 32, height: 32 },
    { role: "refiner", file: "refiner.onnx", width: 48, height: 16, closeUp: { along: 1.5, across: 2.5 } },
  ]);
  expect(bundle.weights.map(({ file }) => file)).toEqual(["locator.weights.bin", "refiner.weights.bin"]);
  expect(await Bundle.Bundle.parseAsync(JSON.parse((await blobs.get(MODEL)).toString()))).toEqual(bundle);

  const predictor = await loadPredictorFromBlobs("jobs/toy-1/bundle/", { blobs }, { threads: 1 });
  const random = seededRandom(3);
  for (const [i, { width, height }] of bundle.stages.entries()) {
    const architecture = i === 0 ? given.recipe : { ...TOY_REFINER, patch: 1 as const };
    const pictures = Uint8Array.from({ length: 2 * height * width * 3 }, () => 256 * random());
    const photos = tf.div<Tensor4D>(tf.tensor4d(pictures, [2, height, width, 3], "int32"), 255);
    const expected = tf
      .tidy(() => reference(weights[i], architecture, photos))
      .dataSync<"float32">()
      .map(sigmoid);
    const answer = await predictor.networks[i](pictures);
    expect(answer).toHaveLength(2 * width * height);
    expect(largestDifference(answer, expected)).toBeLessThan(2e-5);
  }
  await predictor.close();
});

test("writes the bundle under the run, with what one must know in the ONNX file itself", async () => {
  const { blobs } = memoryWorld();
  const architecture = { size: 32, patch: 2, base: 2, levels: 1 } as const;
  const weights = [initialWeights(architecture, 1)];
  const trainedAt = "2026-01-02T03:04:05.000Z";
  const { bundle, digest } = await exportBundle({ weights, job: job(architecture), trainedAt }, { blobs });

  expect(await blobs.list("")).toEqual([
    "jobs/toy-1/bundle/model.json",
    "jobs/toy-1/bundle/model.onnx",
    "jobs/toy-1/bundle/model.weights.bin",
  ]);
  const stored = await blobs.get("jobs/toy-1/bundle/model.json");
  expect(Bundle.Bundle.parse(JSON.parse(stored.toString()))).toEqual(bundle);
  expect(bundle).toMatchObject({
    stages: [{ role: "segmenter", file: "model.onnx", width: 32, height: 32 }],
    weights: [{ file: "model.weights.bin" }],
    threshold: 0.4,
    runId: "toy-1",
    codeCommit: "c0ffee",
    trainedAt,
  });
  const predictor = await loadPredictorFromBlobs("jobs/toy-1/bundle/", { blobs });
  expect(predictor.digest).toBe(digest);
  await predictor.close();
  expect(decodeMetadata(await blobs.get("jobs/toy-1/bundle/model.onnx"))).toEqual({
    "sluice.input": "32 rows of 32 px",
    "sluice.preprocessing": "upright by EXIF; stretched to the input; RGB",
    "sluice.threshold": "0.4",
    "sluice.dataset_version": "a".repeat(64),
    "sluice.code_commit": "c0ffee",
    "sluice.run_id": "toy-1",
  });
});
