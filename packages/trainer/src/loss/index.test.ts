import { describe, expect, test } from "vitest";
import { gradientError, randomValues } from "../testing/numeric-gradient";
import { segmentationLoss } from "./index";

const LOGITS = [
  [2, -1, 0.5, -3, 0, 4],
  [-2, -0.25, 1, -5, 0.75, -1],
];
const TRUTH = [
  [1, 0, 1, 0, 1, 0],
  [0, 0, 0, 0, 0, 0],
];
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const total = (values: number[]) => values.reduce((sum, v) => sum + v, 0);

/** By the definitions, number by number. */
const crossEntropy = mean(
  LOGITS.flatMap((row, i) =>
    row.map((z, j) => -(TRUTH[i][j] * Math.log(sigmoid(z)) + (1 - TRUTH[i][j]) * Math.log(1 - sigmoid(z)))),
  ),
);
const softDice = LOGITS.map((row, i) => {
  const p = row.map(sigmoid);
  return (2 * total(p.map((v, j) => v * TRUTH[i][j])) + 1) / (total(p) + total(TRUTH[i]) + 1);
});
const lossAndGradient = (logits: number[][], kind: "cross_entropy" | "cross_entropy_and_dice") =>
  segmentationLoss(Float32Array.from(logits.flat()), Float32Array.from(TRUTH.flat()), 2, kind);
const loss = (...asked: Parameters<typeof lossAndGradient>) => lossAndGradient(...asked).loss;

test("cross-entropy is the mean over all pixels", () => {
  expect(loss(LOGITS, "cross_entropy")).toBeCloseTo(crossEntropy, 6);
});

test("with Dice it is that and what each image's soft Dice leaves to one", () => {
  expect(loss(LOGITS, "cross_entropy_and_dice")).toBeCloseTo(crossEntropy + 1 - mean(softDice), 6);
});

test.each(["cross_entropy", "cross_entropy_and_dice"] as const)("the gradient of %s, numerically", (kind) => {
  const target = Float32Array.from({ length: 32 }, (_, i) => (i < 8 ? 1 : 0)); // the second photo has no window
  const op = ([logits]: Float32Array[]) => {
    const { loss, gradient } = segmentationLoss(logits, target, 2, kind);
    return { y: Float32Array.of(loss), back: ([dy]: Float32Array) => [gradient.map((slope) => slope * dy)] };
  };
  expect(gradientError(op, [randomValues(32, 5, -4, 4)], 0.01)).toBeLessThan(3e-3);
});

test("of many logits, as many as there may be: to float32's precision what float64 finds", () => {
  const logits = randomValues(3 * 70_001, 1, -30, 30);
  const target = randomValues(3 * 70_001, 2).map((value) => (value > 0.8 ? 1 : 0));
  const { loss, gradient } = segmentationLoss(logits, target, 3, "cross_entropy_and_dice");

  let expected = 0;
  for (let image = 0; image < 3; image++) {
    const [from, to] = [70_001 * image, 70_001 * (image + 1)];
    let [p, t, both] = [0, 0, 0];
    for (let i = from; i < to; i++) {
      expected += (Math.log1p(Math.exp(-Math.abs(logits[i]))) + Math.max(logits[i], 0)) / logits.length;
      expected -= (logits[i] * target[i]) / logits.length;
      p += sigmoid(logits[i]);
      t += target[i];
      both += sigmoid(logits[i]) * target[i];
    }
    const dice = (2 * both + 1) / (p + t + 1);
    expected += (1 - dice) / 3;
    for (let i = from; i < to; i++) {
      const ofSigmoid = sigmoid(logits[i]) * sigmoid(-logits[i]);
      const ofDice = ((dice - 2 * target[i]) * ofSigmoid) / (p + t + 1) / 3;
      const slope = (sigmoid(logits[i]) - target[i]) / logits.length + ofDice;
      if (!(Math.abs(gradient[i] - slope) < 1e-6 / logits.length)) {
        expect({ i, slope: gradient[i] }).toEqual({ i, slope });
      }
    }
  }
  expect(loss / expected).toBeCloseTo(1, 6);
});

test("what is no number makes the loss none", () => {
  const logits = Float32Array.of(1, 2, Number.NaN, 3, 4);
  expect(segmentationLoss(logits, new Float32Array(5), 1, "cross_entropy").loss).toBeNaN();
});

describe("cross-entropy", () => {
  test("its gradient is probability less truth, over the number of pixels", () => {
    const { gradient } = lossAndGradient(LOGITS, "cross_entropy");
    expect(gradient).toHaveLength(12);
    for (const [i, z] of LOGITS.flat().entries()) {
      expect(gradient[i]).toBeCloseTo((sigmoid(z) - TRUTH.flat()[i]) / 12, 6);
    }
  });

  test("is finite where the network is very sure and very wrong", () => {
    const sure = LOGITS.map((row, i) => row.map((_, j) => (TRUTH[i][j] === 1 ? -1000 : 1000)));
    expect(loss(sure, "cross_entropy")).toBeCloseTo(1000, 3);
    const right = sure.map((row) => row.map((z) => -z));
    expect(loss(right, "cross_entropy")).toBe(0);
    expect(loss(right, "cross_entropy_and_dice")).toBeCloseTo(0, 6);
  });
});
