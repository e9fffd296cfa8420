import { beforeAll, describe, expect, test } from "vitest";
import { loadBackend, type Tf } from "../backend";
import { type AdamState, adam } from "./adam";

let tf: Tf;
beforeAll(async () => {
  tf = (await loadBackend("auto")).tf;
});

describe("adam", () => {
  test("the first step moves by the learning rate against the gradient's sign; only kernels decay", () => {
    const state: AdamState = {
      parameters: tf.tensor1d([1, 1, -2]),
      firstMoments: tf.zeros([3]),
      secondMoments: tf.zeros([3]),
    };
    const gradient = tf.tensor1d([0.5, -3, 0]);
    const decays = tf.tensor1d([1, 0, 1]);
    const next = adam(tf, state, gradient, decays, {
      optimizer: "adamw",
      learningRate: 0.1,
      weightDecay: 0.1,
      step: 0,
    });

    // 1 - 0.1 - 1 * 0.1 * 0.1; 1 + 0.1; -2 without a gradient, but decayed by 0.01 of itself
    const [first, second, third] = next.parameters.dataSync();
    expect(first).toBeCloseTo(0.89, 5);
    expect(second).toBeCloseTo(1.1, 5);
    expect(third).toBeCloseTo(-1.98, 5);
    const moments = next.firstMoments.dataSync();
    expect(moments[0]).toBeCloseTo(0.05, 6);
    expect(moments[1]).toBeCloseTo(-0.3, 6);
  });

  test("as adam, the decay is one more gradient: where there is no other, the step is a whole one", () => {
    const state: AdamState = {
      parameters: tf.tensor1d([-2, -2]),
      firstMoments: tf.zeros([2]),
      secondMoments: tf.zeros([2]),
    };
    const how = { optimizer: "adam", learningRate: 0.1, weightDecay: 0.1, step: 0 } as const;
    const next = adam(tf, state, tf.zeros([2]), tf.tensor1d([1, 0]), how);
    const [decaying, other] = next.parameters.dataSync();
    expect(decaying).toBeCloseTo(-1.9, 5);
    expect(other).toBe(-2);
    expect(next.firstMoments.dataSync()[0]).toBeCloseTo(-0.02, 6);
  });

  test("the second step remembers the first", () => {
    const state: AdamState = {
      parameters: tf.tensor1d([0]),
      firstMoments: tf.tensor1d([0.1]), // of a gradient of 1
      secondMoments: tf.tensor1d([0.01]),
    };
    const how = { optimizer: "adamw", learningRate: 0.19, weightDecay: 0, step: 1 } as const;
    const next = adam(tf, state, tf.tensor1d([-1]), tf.tensor1d([0]), how);
    // m = 0.09 - 0.1 = -0.01, without bias -0.01 / 0.19; v = 0.0199, without bias 1; so it moves by +0.01
    expect(next.parameters.dataSync()[0]).toBeCloseTo(0.01, 6);
  });

  test.each(["adam", "adamw"] as const)(
    "ten steps of %s are those of the papers, number by number",
    (optimizer) => {
      const how = { optimizer, learningRate: 0.03, weightDecay: 0.2 };
      const start = [0.7, -1.2, 0.01, 2];
      const decays = [1, 1, 0, 0];
      const gradientAt = (at: readonly number[], step: number) =>
        at.map((v, i) => 2 * v - i + Math.sin(step + i));

      let state: AdamState = {
        parameters: tf.tensor1d(start),
        firstMoments: tf.zeros([4]),
        secondMoments: tf.zeros([4]),
      };
      const plain = start.map((theta) => ({ theta, m: 0, v: 0 }));
      for (let step = 0; step < 10; step++) {
        const gradient = gradientAt([...state.parameters.dataSync()], step);
        state = adam(tf, state, tf.tensor1d(gradient), tf.tensor1d(decays), { ...how, step });
        const own = gradientAt(
          plain.map(({ theta }) => theta),
          step,
        );
        for (const [i, p] of plain.entries()) stepByHand(p, own[i], decays[i], how, step + 1);
      }
      const found = state.parameters.dataSync();
      for (const [i, { theta }] of plain.entries()) expect(found[i]).toBeCloseTo(theta, 5);
      expect(Math.abs(found[0] - start[0])).toBeGreaterThan(0.05);
    },
  );
});

/** Algorithm 1 of Kingma & Ba 2015 with L2, and algorithm 2 of Loshchilov & Hutter 2019. @param t from 1 */
function stepByHand(
  p: { theta: number; m: number; v: number },
  gradient: number,
  decay: number,
  { optimizer, learningRate, weightDecay }: { optimizer: string; learningRate: number; weightDecay: number },
  t: number,
): void {
  const lambda = weightDecay * decay;
  const g = optimizer === "adam" ? gradient + lambda * p.theta : gradient;
  p.m = 0.9 * p.m + 0.1 * g;
  p.v = 0.99 * p.v + 0.01 * g * g;
  const mHat = p.m / (1 - 0.9 ** t);
  const vHat = p.v / (1 - 0.99 ** t);
  const decoupled = optimizer === "adamw" ? learningRate * lambda * p.theta : 0;
  p.theta -= learningRate * (mHat / (Math.sqrt(vHat) + 1e-8)) + decoupled;
}
