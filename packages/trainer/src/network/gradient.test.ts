import { seededRandom } from "@sluice/core/random";
import { beforeAll, expect, test } from "vitest";
import { loadBackend } from "../backend";
import { emptyBatch } from "../data/batch";
import { type Handle, type Kernels, openKernels } from "../kernels";
import { toyRecipe } from "../testing/toy-recipe";
import { firstSnapshot } from "../training/learner";
import { locatorPlan } from "../training/network-plan";
import { differentiate } from "./gradient";
import type { Slope } from "./lesson";
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

let kernels: Kernels;
beforeAll(async () => {
  kernels = openKernels((await loadBackend("auto")).tf);
});

test("a step down the gradient lowers the loss by what the gradient says", () => {
  const slope = emptySlope();
  const lossAt = (moved: Float32Array, into = emptySlope()) => {
    differentiate(kernels, plan, moved, batch, into);
    return into.loss;
  };
  lossAt(parameters, slope);
  const squared = slope.gradient.reduce((sum, v) => sum + v * v, 0);
  const along = (length: number) => lossAt(parameters.map((p, i) => p + length * slope.gradient[i]));
  const step = 1e-3 / Math.sqrt(squared);
  expect((along(step) - along(-step)) / (2 * step) / squared).toBeCloseTo(1, 1);
});

test("nothing is left behind, also where a kernel fails", () => {
  const [made, freed] = [new Set<Handle>(), new Set<Handle>()];
  const counting = Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]) => [
      name,
      (...asked: never[]) => {
        const answer = (kernel as (...asked: never[]) => unknown)(...asked);
        for (const handle of handlesIn(answer)) made.add(handle);
        return answer;
      },
    ]),
  ) as unknown as Kernels;
  counting.free = (handle) => {
    expect(freed.has(handle)).toBe(false);
    freed.add(handle);
    kernels.free(handle);
  };
  differentiate(counting, plan, parameters, batch, emptySlope());
  expect(made.size).toBeGreaterThan(100);
  expect(freed).toEqual(made);

  const failing: Kernels = {
    ...counting,
    biasGradient: () => {
      throw new Error("no memory");
    },
  };
  expect(() => differentiate(failing, plan, parameters, batch, emptySlope())).toThrow("no memory");
  expect(freed).toEqual(made);
});

/** All handles in what a kernel answers. */
function handlesIn(answer: unknown): Handle[] {
  if (typeof answer !== "object" || answer === null || ArrayBuffer.isView(answer)) return [];
  if ("id" in answer) return [answer as Handle];
  return Object.values(answer).flatMap(handlesIn);
}
