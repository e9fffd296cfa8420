import { beforeAll, expect, test } from "vitest";
import { loadBackend, type Tf } from "../backend";
import { foldedPositions } from "../data/batch";
import { sizeOf } from "../shape";
import { randomValues } from "../testing/numeric-gradient";
import { fields, flatten, unflatten } from "./flat";
import { forwardInference, spaceToDepth, upsample } from "./inference";
import { initialWeights, layout, weight, weightSpecs, weightsDigest } from "./weights";

let tf: Tf;
beforeAll(async () => {
  tf = (await loadBackend("auto")).tf;
});
const recipe = { patch: 2 as const, base: 4, levels: 2 };

test("the reference network: 16 base filters over four levels", () => {
  const { encoders, decoders, head } = layout({ patch: 1, base: 16, levels: 4 });
  expect(encoders.map((b) => [b.name, b.inputs, b.middle, b.outputs])).toEqual([
    ["enc0", 3, 16, 16],
    ["enc1", 16, 32, 32],
    ["enc2", 32, 64, 64],
    ["enc3", 64, 128, 128],
    ["enc4", 128, 128, 128],
  ]);
  expect(decoders.map((b) => [b.name, b.inputs, b.middle, b.outputs])).toEqual([
    ["dec3", 256, 128, 64],
    ["dec2", 128, 64, 32],
    ["dec1", 64, 32, 16],
    ["dec0", 32, 16, 16],
  ]);
  expect(head).toEqual({ inputs: 16, outputs: 1 });
});

test("fresh weights: as many as counted by hand, He normal, the same for the same seed", () => {
  const reference = { patch: 1 as const, base: 16, levels: 4 };
  const trainable = weightSpecs(reference).filter((spec) => spec.role !== "statistic");
  // Block by block: 9 * inputs * outputs per convolution, twice its outputs for gamma and beta; the head last.
  const byHand = 2_800 + 13_952 + 55_552 + 221_696 + 295_424 + 369_024 + 92_352 + 23_136 + 6_976 + 17;
  expect(trainable.reduce((sum, spec) => sum + sizeOf(spec.shape), 0)).toBe(byHand);

  const weights = initialWeights(reference, 1);
  const { data } = weight(weights, "enc3.conv2.kernel");
  const deviation = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0) / data.length);
  expect(deviation).toBeCloseTo(Math.sqrt(2 / (9 * 128)), 3);
  expect(weightsDigest(initialWeights(reference, 1))).toBe(weightsDigest(weights));
  expect(weightsDigest(initialWeights(reference, 2))).not.toBe(weightsDigest(weights));
});

test("flat vectors and named weights are the same values", () => {
  const weights = initialWeights(recipe, 3);
  const { parameters, statistics } = fields(recipe);
  const back = new Map([
    ...unflatten(parameters, flatten(parameters, weights)),
    ...unflatten(statistics, flatten(statistics, weights)),
  ]);
  expect(back.size).toBe(weights.size);
  for (const [name, value] of weights) expect(back.get(name)).toEqual(value);
});

test("a missing weight is named", () => {
  const weights = initialWeights(recipe, 3);
  weights.delete("dec0.bn2.mean");
  expect(() => forwardInference(tf, weights, recipe, tf.zeros([1, 16, 16, 3]))).toThrow("dec0.bn2.mean");
});

test("folding on the backend is the folding of the batches", () => {
  const x = tf.tensor4d(
    Array.from({ length: 48 }, (_, i) => i),
    [1, 4, 4, 3],
  );
  const folded = spaceToDepth(tf, x, 2).dataSync();
  const positions = foldedPositions({ width: 4, height: 4, patch: 2 });
  for (let pixel = 0; pixel < 16; pixel++) expect(folded[3 * positions[pixel] + 1]).toBe(3 * pixel + 1);
});

test("logits come out pixel by pixel: a network of zeros answers the head's bias, by place in the block", () => {
  const weights = initialWeights(recipe, 3);
  weights.set("head.kernel", { shape: [1, 1, 4, 4], data: new Float32Array(16) });
  weights.set("head.bias", { shape: [4], data: Float32Array.from([1, 2, 3, 4]) });
  const logits = forwardInference(tf, weights, recipe, tf.zeros([1, 16, 16, 3]));
  expect(logits.shape).toEqual([1, 16, 16, 1]);
  const values = logits.dataSync();
  expect([...values.subarray(0, 4), ...values.subarray(16, 20)]).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
});

test("photos of a batch do not touch one another", () => {
  const weights = initialWeights(recipe, 3);
  const x = tf.tensor4d(randomValues(2 * 16 * 16 * 3, 1, 0), [2, 16, 16, 3]);
  const both = forwardInference(tf, weights, recipe, x).dataSync();
  const second = forwardInference(tf, weights, recipe, x.slice([1, 0, 0, 0])).dataSync();
  for (const [i, value] of second.entries()) expect(value).toBeCloseTo(both[256 + i], 5);
});

test("upsampling is that of PyTorch with align_corners=False", () => {
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  // torch.nn.functional.interpolate(torch.tensor([[[[1., 2], [3, 4]]]]), scale_factor=2, mode="bilinear")
  // biome-ignore format: as the picture lies
  expect([...upsample(tf, x).dataSync()]).toEqual([
    1, 1.25, 1.75, 2,
    1.5, 1.75, 2.25, 2.5,
    2.5, 2.75, 3.25, 3.5,
    3, 3.25, 3.75, 4,
  ]);
});
