import { seededRandom } from "@sluice/core/random";
import { describe, expect, test } from "vitest";
import { type AdamState, type AdamStep, openAdam } from "./adam";

const vector = (...values: number[]) => Float32Array.from(values);

/** A step of one part; writes the new state over the old. */
function adam(state: AdamState, gradient: Float32Array, decays: Float32Array, how: AdamStep): void {
  const opened = openAdam(state, decays, 1);
  opened.gradients[0].set(gradient);
  opened.step(how, [1]);
  for (const key of ["parameters", "firstMoments", "secondMoments"] as const)
    state[key].set(opened.state[key]);
}

describe("adam", () => {
  test("the first step moves by the learning rate against the gradient's sign; only kernels decay", () => {
    const state: AdamState = {
      parameters: vector(1, 1, -2),
      firstMoments: new Float32Array(3),
      secondMoments: new Float32Array(3),
    };
    const gradient = vector(0.5, -3, 0);
    const decays = vector(1, 0, 1);
    adam(state, gradient, decays, {
      optimizer: "adamw",
      learningRate: 0.1,
      weightDecay: 0.1,
      step: 0,
    });

    // 1 - 0.1 - 1 * 0.1 * 0.1; 1 + 0.1; -2 without a gradient, but decayed by 0.01 of itself
    const [first, second, third] = state.parameters;
    expect(first).toBeCloseTo(0.89, 5);
    expect(second).toBeCloseTo(1.1, 5);
    expect(third).toBeCloseTo(-1.98, 5);
    const moments = state.firstMoments;
    expect(moments[0]).toBeCloseTo(0.05, 6);
    expect(moments[1]).toBeCloseTo(-0.3, 6);
  });

  test("as adam, the decay is one more gradient: where there is no other, the step is a whole one", () => {
    const state: AdamState = {
      parameters: vector(-2, -2),
      firstMoments: new Float32Array(2),
      secondMoments: new Float32Array(2),
    };
    const how = { optimizer: "adam", learningRate: 0.1, weightDecay: 0.1, step: 0 } as const;
    adam(state, new Float32Array(2), vector(1, 0), how);
    const [decaying, other] = state.parameters;
    expect(decaying).toBeCloseTo(-1.9, 5);
    expect(other).toBe(-2);
    expect(state.firstMoments[0]).toBeCloseTo(-0.02, 6);
  });

  test("the second step remembers the first", () => {
    const state: AdamState = {
      parameters: vector(0),
      firstMoments: vector(0.1), // of a gradient of 1
      secondMoments: vector(0.01),
    };
    const how = { optimizer: "adamw", learningRate: 0.19, weightDecay: 0, step: 1 } as const;
    adam(state, vector(-1), vector(0), how);
    // m = 0.09 - 0.1 = -0.01, without bias -0.01 / 0.19; v = 0.0199, without bias 1; so it moves by +0.01
    expect(state.parameters[0]).toBeCloseTo(0.01, 6);
  });

  test.each(["adam", "adamw"] as const)(
    "ten steps of %s are those of the papers, number by number",
    (optimizer) => {
      const how = { optimizer, learningRate: 0.03, weightDecay: 0.2 };
      const start = [0.7, -1.2, 0.01, 2];
      const decays = [1, 1, 0, 0];
      const gradientAt = (at: readonly number[], step: number) =>
        at.map((v, i) => 2 * v - i + Math.sin(step + i));

      const state: AdamState = {
        parameters: Float32Array.from(start),
        firstMoments: new Float32Array(4),
        secondMoments: new Float32Array(4),
      };
      const plain = start.map((theta) => ({ theta, m: 0, v: 0 }));
      for (let step = 0; step < 10; step++) {
        const gradient = gradientAt([...state.parameters], step);
        adam(state, Float32Array.from(gradient), Float32Array.from(decays), { ...how, step });
        const own = gradientAt(
          plain.map(({ theta }) => theta),
          step,
        );
        for (const [i, p] of plain.entries()) stepByHand(p, own[i], decays[i], how, step + 1);
      }
      const found = state.parameters;
      for (const [i, { theta }] of plain.entries()) expect(found[i]).toBeCloseTo(theta, 5);
      expect(Math.abs(found[0] - start[0])).toBeGreaterThan(0.05);
    },
  );
});

test.each([1, 2, 3])("a step of %i parts goes down their weighted mean, and keeps going", (parts) => {
  const size = 9; // no multiple of what the kernel works on at once
  const random = seededRandom(parts);
  const draw = () => Float32Array.from({ length: size }, () => random() - 0.5);
  const from = { parameters: draw(), firstMoments: draw(), secondMoments: draw().map(Math.abs) };
  const decays = draw().map((value) => Number(value > 0));
  const shares = Array.from({ length: parts }, (_, i) => (2 * (i + 1)) / (parts * (parts + 1)));
  const [inParts, whole] = [openAdam(from, decays, parts), openAdam(from, decays, 1)];
  for (let step = 0; step < 3; step++) {
    const gradients = Array.from({ length: parts }, draw);
    for (const [i, gradient] of gradients.entries()) inParts.gradients[i].set(gradient);
    whole.gradients[0].set(
      gradients[0].map((_, k) => gradients.reduce((sum, g, i) => sum + shares[i] * g[k], 0)),
    );
    const how = { optimizer: "adamw", learningRate: 0.1, weightDecay: 0.1, step } as const;
    inParts.step(how, shares);
    whole.step(how, [1]);
  }
  for (const key of ["parameters", "firstMoments", "secondMoments"] as const) {
    for (let i = 0; i < size; i++) expect(inParts.state[key][i]).toBeCloseTo(whole.state[key][i], 5);
    expect(inParts.state[key]).not.toEqual(from[key]);
  }
});

test("a batch in fewer parts than there may be uses as many gradients", () => {
  const from = { parameters: vector(1), firstMoments: vector(0), secondMoments: vector(0) };
  const opened = openAdam(from, vector(0), 3);
  for (const [i, gradient] of opened.gradients.entries()) gradient[0] = i === 2 ? 1e9 : 1;
  opened.step({ optimizer: "adam", learningRate: 0.1, weightDecay: 0, step: 0 }, [0.5, 0.5]);
  expect(opened.state.parameters[0]).toBeCloseTo(0.9, 5);
  expect(opened.state.firstMoments[0]).toBeCloseTo(0.1, 5);
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
