import { seededRandom } from "@sluice/core/random";
import { beforeAll, expect, test } from "vitest";
import { loadBackend } from "../backend";
import { emptyBatch } from "../data/batch";
import { type Handle, type Kernels, openKernels } from "../kernels";
import { sizeOf } from "../shape";
import { toyRecipe } from "../testing/toy-recipe";
import { firstSnapshot } from "../training/learner";
import { locatorPlan } from "../training/network-plan";
import { fields } from "./flat";
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

/** So short that few values cross a rectifier's corner, so long that float32 shows it. */
const STEP = 1e-3;

let kernels: Kernels;
beforeAll(async () => {
  kernels = openKernels((await loadBackend("auto")).tf);
});

test.each(fields(plan).parameters.map(({ name }) => name))("the slope of %s, numerically", (name) => {
  const at = placeOf(name);
  const slope = emptySlope();
  differentiate(kernels, plan, parameters, batch, slope);
  const own = slope.gradient.subarray(at.start, at.end);
  // Along the slope, and aside from it: half of the signs are turned.
  const along = own.map((v, i) => (i % 2 === 0 ? v : -v) + v / 2);
  const length = Math.hypot(...along);
  const lossAt = (step: number) => {
    const moved = parameters.slice();
    for (const [i, v] of along.entries()) moved[at.start + i] += (step * v) / length;
    const into = emptySlope();
    differentiate(kernels, plan, moved, batch, into);
    return into.loss;
  };
  const expected = own.reduce((sum, v, i) => sum + (v * along[i]) / length, 0);
  const found = (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP);
  expect(Math.hypot(...own)).toBeGreaterThan(1e-4);
  expect(Math.abs(found - expected)).toBeLessThan(0.1 * Math.hypot(...own));
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

/** Where a parameter lies in the vector of all. */
function placeOf(name: string): { start: number; end: number } {
  let start = 0;
  for (const spec of fields(plan).parameters) {
    const end = start + sizeOf(spec.shape);
    if (spec.name === name) return { start, end };
    start = end;
  }
  throw new RangeError(`no parameter is called ${name}`);
}

/** All handles in what a kernel answers. */
function handlesIn(answer: unknown): Handle[] {
  if (typeof answer !== "object" || answer === null || ArrayBuffer.isView(answer)) return [];
  if ("id" in answer) return [answer as Handle];
  return Object.values(answer).flatMap(handlesIn);
}
