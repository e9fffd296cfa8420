import { type CloseUp, Training } from "@sluice/core";
import { expect, test } from "vitest";
import { planCloseUp } from "./displace";
import { AS_IT_IS } from "./plan";

const OUTLINE: CloseUp.Outline = { x: 300, y: 200, angle: 0.4, length: 120, breadth: 40 };
const MARGINS = { along: 1.5, across: 2.5 };
const SIZE = { width: 64, height: 32 };
const augmentation = Training.Recipe.parse({}).augmentation;

/** The outline that a close-up is of, read back from its map: its corners, its middle. */
function shown([a, b, c, d, e, f]: CloseUp.Affine) {
  const [u, v] = [(SIZE.width - 1) / 2, (SIZE.height - 1) / 2];
  const [x, y] = [a * u + b * v + c + 0.5, d * u + e * v + f + 0.5];
  const away = [x - OUTLINE.x, y - OUTLINE.y];
  const [cos, sin] = [Math.cos(OUTLINE.angle), Math.sin(OUTLINE.angle)];
  return {
    along: (away[0] * cos + away[1] * sin) / OUTLINE.length,
    across: (away[1] * cos - away[0] * sin) / OUTLINE.breadth,
    degrees: ((Math.atan2(d, a) - OUTLINE.angle) * 180) / Math.PI,
    length: (Math.hypot(a, d) * SIZE.width) / MARGINS.along / OUTLINE.length,
    breadth: (Math.hypot(b, e) * SIZE.height) / MARGINS.across / OUTLINE.breadth,
    isMirrored: a * e - b * d < 0,
  };
}
const deviation = (values: number[]) => {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
};
const validation = (index: number) => planCloseUp(OUTLINE, MARGINS, SIZE, index, null);
const training = (index: number, drawn = { seed: 1, epoch: 1 }) =>
  planCloseUp(OUTLINE, MARGINS, SIZE, index, { ...drawn, augmentation });

test("for validation it is displaced, but never turned over nor coloured, and always the same", () => {
  const plans = Array.from({ length: 50 }, (_, index) => validation(index));
  expect(plans).toEqual(Array.from({ length: 50 }, (_, index) => validation(index)));
  expect(new Set(plans.map(({ map }) => map.join())).size).toBe(50);
  for (const { map, light } of plans) {
    expect(light).toEqual(AS_IT_IS);
    expect(shown(map).isMirrored).toBe(false);
    expect(Math.abs(shown(map).degrees)).toBeLessThan(15);
  }
});

test("displacements spread about the truth, and the window always stays in sight", () => {
  const seen = Array.from({ length: 400 }, (_, index) => shown(validation(index).map));
  const of = (part: "along" | "across" | "degrees") => seen.map((one) => one[part]);
  for (const part of ["along", "across", "degrees"] as const) {
    const values = of(part);
    const spread = deviation(values);
    expect(spread).toBeGreaterThan(0);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.2 * spread); // four standard errors
  }
  for (const { along, across, length, breadth } of seen) {
    // The close-up's own half, in lengths and breadths of the window, less its displacement.
    expect((MARGINS.along * length) / 2 - Math.abs(along)).toBeGreaterThan(0.3);
    expect((MARGINS.across * breadth) / 2 - Math.abs(across)).toBeGreaterThan(0.3);
    for (const stretch of [length, breadth]) {
      expect(stretch).toBeGreaterThan(0.5);
      expect(stretch).toBeLessThan(2);
    }
  }
});

test("for training it is drawn anew in each epoch, alike for the same seed, epoch and index", () => {
  expect(training(3)).toEqual(training(3));
  expect(training(4)).not.toEqual(training(3));
  expect(training(3, { seed: 1, epoch: 2 })).not.toEqual(training(3));
  expect(training(3, { seed: 2, epoch: 1 })).not.toEqual(training(3));
});

test("training turns half of the windows on their heads and some over, in another light", () => {
  const plans = Array.from({ length: 300 }, (_, index) => training(index));
  const onHead = plans.filter(({ map: [, b, , , e] }) => e * Math.cos(0.4) - b * Math.sin(0.4) < 0).length;
  expect(onHead).toBeGreaterThan(110);
  expect(onHead).toBeLessThan(190);
  const mirrored = plans.filter(({ map: [a, , , d] }) => a * Math.cos(0.4) + d * Math.sin(0.4) < 0).length;
  expect(mirrored).toBeGreaterThan(110);
  expect(mirrored).toBeLessThan(190);
  expect(plans.every(({ light }) => light !== AS_IT_IS)).toBe(true);
});

test("without augmentation a training's close-up is only displaced", () => {
  const plan = planCloseUp(OUTLINE, MARGINS, SIZE, 3, { seed: 1, epoch: 1, augmentation: null });
  expect(plan.light).toEqual(AS_IT_IS);
  expect(shown(plan.map).isMirrored).toBe(false);
  expect(plan).not.toEqual(planCloseUp(OUTLINE, MARGINS, SIZE, 3, { seed: 1, epoch: 2, augmentation: null }));
});
