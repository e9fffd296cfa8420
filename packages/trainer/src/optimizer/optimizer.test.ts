import { beforeAll, expect, test } from "vitest";
import { loadBackend, type Tf } from "../backend";
import { type AdamState, adamW } from "./adamw";
import { oneCycle } from "./schedule";

let tf: Tf;
beforeAll(async () => {
  tf = (await loadBackend("auto")).tf;
});

test("the first step moves by the learning rate against the gradient's sign; only kernels decay", () => {
  const state: AdamState = {
    parameters: tf.tensor1d([1, 1, -2]),
    firstMoments: tf.zeros([3]),
    secondMoments: tf.zeros([3]),
  };
  const gradient = tf.tensor1d([0.5, -3, 0]);
  const decays = tf.tensor1d([1, 0, 1]);
  const next = adamW(tf, state, gradient, decays, { learningRate: 0.1, weightDecay: 0.1, step: 0 });

  // 1 - 0.1 - 1 * 0.1 * 0.1; 1 + 0.1; -2 without a gradient, but decayed by 0.01 of itself
  const [first, second, third] = next.parameters.dataSync();
  expect(first).toBeCloseTo(0.89, 5);
  expect(second).toBeCloseTo(1.1, 5);
  expect(third).toBeCloseTo(-1.98, 5);
  const moments = next.firstMoments.dataSync();
  expect(moments[0]).toBeCloseTo(0.05, 6);
  expect(moments[1]).toBeCloseTo(-0.3, 6);
});

test("the second step remembers the first", () => {
  const state: AdamState = {
    parameters: tf.tensor1d([0]),
    firstMoments: tf.tensor1d([0.1]), // of a gradient of 1
    secondMoments: tf.tensor1d([0.01]),
  };
  const next = adamW(tf, state, tf.tensor1d([-1]), tf.tensor1d([0]), {
    learningRate: 0.19,
    weightDecay: 0,
    step: 1,
  });
  // m = 0.09 - 0.1 = -0.01, without bias -0.01 / 0.19; v = 0.0199, without bias 1; so it moves by +0.01
  expect(next.parameters.dataSync()[0]).toBeCloseTo(0.01, 6);
});

test("the learning rate rises over a quarter of the steps and falls to nearly nothing", () => {
  const rates = Array.from({ length: 101 }, (_, step) => oneCycle(step, 101, 0.5));
  expect(rates[0]).toBeCloseTo(0.02, 6); // a 25th
  expect(rates[25]).toBeCloseTo(0.5, 6);
  expect(rates[100]).toBeCloseTo(0.00005, 8);
  expect(Math.max(...rates)).toBe(rates[25]);
  // half way down: the mean of peak and end
  expect((rates[62] + rates[63]) / 2).toBeCloseTo(0.250025, 4);
});

test("a schedule of one step has a rate", () => {
  expect(oneCycle(0, 1, 0.5)).toBeCloseTo(0.02, 6);
});
