import { seededRandom } from "@sluice/core/random";
import { beforeAll, describe, expect, test } from "vitest";
import { loadBackend, type Tf } from "../backend";
import { nativeKernels } from "../backend/native-kernels";
import { emptyBatch } from "../data/batch";
import { nativeIsThere } from "../testing/native-is-there";
import { toyRecipe } from "../testing/toy-recipe";
import { firstSnapshot } from "../training/learner";
import { locatorPlan } from "../training/network-plan";
import { autograd } from "./autograd";
import type { Slope } from "./lesson";
import { nativeGradient } from "./native-gradient";
import { initialWeights } from "./weights";

const plan = locatorPlan(toyRecipe({ patch: 2, levels: 3 }));
const { parameters, statistics } = firstSnapshot(plan, initialWeights(plan, 5));
const batch = emptyBatch(3, plan);
const random = seededRandom(3);
batch.input.forEach((_, i) => {
  batch.input[i] = random();
});
batch.target.forEach((_, i) => {
  batch.target[i] = random() < 0.3 ? 1 : 0;
});
const emptySlope = (): Slope => ({
  loss: 0,
  gradient: new Float32Array(parameters.length),
  statistics: new Float32Array(statistics.length),
});
const largest = (values: Float32Array) => values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
const apart = (a: Float32Array, b: Float32Array) => largest(a.map((v, i) => v - b[i]));

describe.skipIf(!nativeIsThere)("TensorFlow's own kernels (skipped without them)", () => {
  let tf: Tf;
  beforeAll(async () => {
    tf = (await loadBackend("native")).tf;
  });

  test("find the loss, gradient and statistics that tfjs finds", () => {
    const [own, tfjs] = [emptySlope(), emptySlope()];
    nativeGradient(nativeKernels(tf), plan, parameters, batch, own);
    autograd(tf, plan, parameters, batch, tfjs);
    expect(own.loss).toBeCloseTo(tfjs.loss, 5);
    expect(largest(own.gradient)).toBeGreaterThan(0.01);
    expect(apart(own.gradient, tfjs.gradient)).toBeLessThan(1e-4 * largest(tfjs.gradient));
    expect(apart(own.statistics, tfjs.statistics)).toBeLessThan(1e-4 * largest(tfjs.statistics));
  });

  test("leave nothing behind, also where one of them fails", () => {
    const kernels = nativeKernels(tf);
    const [made, freed] = [new Set<number>(), new Set<number>()];
    const counting = Object.fromEntries(
      Object.entries(kernels).map(([name, kernel]) => [
        name,
        (...asked: never[]) => {
          const answer = (kernel as (...asked: never[]) => unknown)(...asked);
          for (const id of idsIn(answer)) made.add(id);
          return answer;
        },
      ]),
    ) as typeof kernels;
    counting.free = (handle) => {
      expect(freed.has(handle.id)).toBe(false);
      freed.add(handle.id);
      kernels.free(handle);
    };
    nativeGradient(counting, plan, parameters, batch, emptySlope());
    expect(made.size).toBeGreaterThan(100);
    expect(freed).toEqual(made);

    const failing = {
      ...counting,
      biasGradient: () => {
        throw new Error("no memory");
      },
    };
    expect(() => nativeGradient(failing, plan, parameters, batch, emptySlope())).toThrow("no memory");
    expect(freed).toEqual(made);
  });
});

/** Of all handles in what a kernel answers. */
function idsIn(answer: unknown): number[] {
  if (typeof answer !== "object" || answer === null || ArrayBuffer.isView(answer)) return [];
  if ("id" in answer) return [answer.id as number];
  return Object.values(answer).flatMap(idsIn);
}
