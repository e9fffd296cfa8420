import { Training } from "@sluice/core";
import { expect, test } from "vitest";
import { foldedPositions } from "../data/batch";
import { applyAugmentation } from "./apply";
import { IDENTITY, type Plan, planAugmentation } from "./plan";

const SIZE = 64;
const SQUARE = { width: SIZE, height: SIZE };
const AUGMENTATION = Training.Augmentation.parse({
  rotation: { degrees: 20, probability: 1 },
  quarterTurn: 0,
  scale: [0.75, 1.35],
  shift: 0.1,
  mirrored: 0.5,
  upended: 0,
  light: { brightness: 0.15, contrast: 0.25, colour: 0.1, probability: 1 },
});
const draw = (
  index: number,
  changes: Partial<Training.Augmentation> = {},
  drawn = { seed: 1, epoch: 1 },
): Plan => planAugmentation({ ...AUGMENTATION, ...changes }, drawn, index, SQUARE);

/** Applies it to a photo whose every colour is its own mask. */
function apply(mask: Uint8Array, { map, light }: Plan, from = SQUARE, to = from) {
  const photo = Uint8Array.from({ length: 3 * mask.length }, (_, i) => mask[Math.floor(i / 3)]);
  const input = new Float32Array(3 * to.width * to.height);
  const target = new Float32Array(to.width * to.height);
  const positions = foldedPositions({ ...to, patch: 1 });
  const into = { ...to, input, inputOffset: 0, target, targetOffset: 0, positions };
  applyAugmentation({ ...from, photo, mask }, map, light, into);
  return { input, target };
}

const rectangle = Uint8Array.from({ length: SIZE * SIZE }, (_, i) => {
  const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
  return x >= 20 && x < 50 && y >= 15 && y < 30 ? 255 : 0;
});

test("doing nothing leaves photo and mask as they are", () => {
  const mask = Uint8Array.from([0, 255, 51, 204]);
  const { input, target } = apply(mask, IDENTITY, { width: 2, height: 2 });
  const expected = [0, 0, 0, 1, 1, 1, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8];
  for (const [i, value] of expected.entries()) expect(input[i]).toBeCloseTo(value, 6);
  expect([...target]).toEqual([0, 1, 0, 1]);
});

test("a shift by one pixel mirrors at the edge; colours gain and shift, within 0..1", () => {
  const mask = Uint8Array.from([0, 255, 0, 0, 255, 0, 0, 255, 0]);
  const light = { gain: [0.5, 1, 1], shift: [0.25, 0.5, -0.5] } satisfies Plan["light"];
  const { input, target } = apply(mask, { map: [1, 0, 1, 0, 1, 0], light }, { width: 3, height: 3 });
  expect([...target]).toEqual([1, 0, 1, 1, 0, 1, 1, 0, 1]);
  expect([...input.subarray(0, 6)]).toEqual([0.75, 1, 0.5, 0.25, 0.5, 0]);
});

test("a part of a larger picture, of another shape, comes out at its own size", () => {
  // biome-ignore format: as the picture lies
  const mask = Uint8Array.from([
    0, 0,   0,   0,
    0, 0, 255, 255,
    0, 0,   0, 255,
  ]);
  const plan = { ...IDENTITY, map: [1, 0, 2, 0, 1, 1] } satisfies Plan;
  const { target } = apply(mask, plan, { width: 4, height: 3 }, { width: 2, height: 2 });
  expect([...target]).toEqual([1, 1, 0, 1]);
});

test("photo and mask stay aligned, whatever is drawn", () => {
  for (let index = 0; index < 50; index++) {
    const { input, target } = apply(rectangle, { ...IDENTITY, map: draw(index).map });
    const apart = target.filter((t, i) => t !== (input[3 * i] >= 0.5 ? 1 : 0)).length;
    expect(apart).toBe(0);
  }
});

test("about half are mirrored, and the window keeps its size within the scales", () => {
  const area = 30 * 15;
  const drawn = Array.from({ length: 200 }, (_, i) => draw(i));
  const mirrored = drawn.filter(({ map: [a] }) => a < 0).length;
  expect(mirrored).toBeGreaterThan(70);
  expect(mirrored).toBeLessThan(130);
  for (const plan of drawn) {
    const [a, , , d, e] = plan.map;
    expect(e).toBeGreaterThan(0); // never upside down
    const scale = 1 / Math.hypot(a, d);
    expect(scale).toBeGreaterThanOrEqual(0.75 - 1e-9);
    expect(scale).toBeLessThanOrEqual(1.35 + 1e-9);
    const found = apply(rectangle, plan).target.reduce((sum, v) => sum + v, 0);
    expect(found).toBeLessThan(2.2 * area);
  }
});

const QUIET: Training.Augmentation = {
  rotation: { degrees: 0, probability: 0 },
  quarterTurn: 0,
  scale: [1, 1],
  shift: 0,
  mirrored: 0,
  upended: 0,
  light: { brightness: 0, contrast: 0, colour: 0, probability: 0 },
};

test("each change happens with its own probability, and alone", () => {
  const drawn = (changes: Partial<Training.Augmentation>) =>
    Array.from({ length: 200 }, (_, i) => draw(i, { ...QUIET, ...changes }));
  const degrees = ({ map: [a, , , d] }: Plan) => (Math.atan2(d, a) * 180) / Math.PI;

  expect(drawn({}).every(({ map: [a, b, , d, e] }) => a === 1 && b === 0 && d === 0 && e === 1)).toBe(true);
  const turned = drawn({ rotation: { degrees: 10, probability: 0.5 } }).filter((plan) => degrees(plan) !== 0);
  expect(turned.length).toBeGreaterThan(70);
  expect(turned.length).toBeLessThan(130);
  expect(Math.max(...turned.map((plan) => Math.abs(degrees(plan))))).toBeLessThanOrEqual(10);
  const lying = drawn({ quarterTurn: 0.5 }).filter((plan) => degrees(plan) !== 0);
  expect(lying.length).toBeGreaterThan(70);
  expect(lying.length).toBeLessThan(130);
  expect(lying.every((plan) => Math.abs(Math.abs(degrees(plan)) - 90) < 1e-9)).toBe(true);
  expect(new Set(lying.map((plan) => Math.sign(degrees(plan))))).toEqual(new Set([-1, 1]));
  const upended = drawn({ upended: 0.3 }).filter(({ map: [, , , , e] }) => e < 0);
  expect(upended.length).toBeGreaterThan(35);
  expect(upended.length).toBeLessThan(85);
  const lit = drawn({ light: { brightness: 0.2, contrast: 0, colour: 0, probability: 0.3 } });
  const brighter = lit.filter(({ light: { shift } }) => shift[0] !== 0);
  expect(brighter.length).toBeGreaterThan(35);
  expect(brighter.length).toBeLessThan(85);
  expect(lit.every(({ light: { gain, shift } }) => gain[0] === 1 && Math.abs(shift[1]) <= 0.2)).toBe(true);
});

test("the same seed, epoch and index draw the same; any other draws another", () => {
  const one = draw(3, {}, { seed: 1, epoch: 2 });
  expect(draw(3, {}, { seed: 1, epoch: 2 })).toEqual(one);
  for (const [index, seed, epoch] of [
    [3, 2, 2],
    [3, 1, 3],
    [4, 1, 2],
  ]) {
    expect(draw(index, {}, { seed, epoch })).not.toEqual(one);
  }
});
