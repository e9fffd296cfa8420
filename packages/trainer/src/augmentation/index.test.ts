import { expect, test } from "vitest";
import { foldedPositions } from "../data/batch";
import { applyAugmentation } from "./apply";
import { type Augmentation, IDENTITY, planAugmentation } from "./plan";

const SIZE = 64;

/** Applies it to a photo whose every colour is its own mask. */
function apply(mask: Uint8Array, size: number, augmentation: Augmentation) {
  const photo = Uint8Array.from({ length: 3 * size * size }, (_, i) => mask[Math.floor(i / 3)]);
  const input = new Float32Array(3 * size * size);
  const target = new Float32Array(size * size);
  const positions = foldedPositions({ size, patch: 1 });
  applyAugmentation(photo, mask, size, augmentation, {
    input,
    inputOffset: 0,
    target,
    targetOffset: 0,
    positions,
  });
  return { input, target };
}

const rectangle = (size: number) =>
  Uint8Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    return x >= 20 && x < 50 && y >= 15 && y < 30 ? 255 : 0;
  });

test("doing nothing leaves photo and mask as they are", () => {
  const mask = Uint8Array.from([0, 255, 51, 204]);
  const { input, target } = apply(mask, 2, IDENTITY);
  const expected = [0, 0, 0, 1, 1, 1, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8];
  for (const [i, value] of expected.entries()) expect(input[i]).toBeCloseTo(value, 6);
  expect([...target]).toEqual([0, 1, 0, 1]);
});

test("a shift by one pixel mirrors at the edge; colours gain and shift, within 0..1", () => {
  const mask = Uint8Array.from([0, 255, 0, 0, 255, 0, 0, 255, 0]);
  const { input, target } = apply(mask, 3, {
    affine: [1, 0, 1, 0, 1, 0],
    gain: [0.5, 1, 1],
    shift: [0.25, 0.5, -0.5],
  });
  expect([...target]).toEqual([1, 0, 1, 1, 0, 1, 1, 0, 1]);
  expect([...input.subarray(0, 6)]).toEqual([0.75, 1, 0.5, 0.25, 0.5, 0]);
});

test("photo and mask stay aligned, whatever is drawn", () => {
  const mask = rectangle(SIZE);
  for (let index = 0; index < 50; index++) {
    const { affine } = planAugmentation(1, 1, index, SIZE);
    const { input, target } = apply(mask, SIZE, { ...IDENTITY, affine });
    const apart = target.filter((t, i) => t !== (input[3 * i] >= 0.5 ? 1 : 0)).length;
    expect(apart).toBe(0);
  }
});

test("about half are mirrored, and the window keeps its size within the scales", () => {
  const mask = rectangle(SIZE);
  const area = 30 * 15;
  const drawn = Array.from({ length: 200 }, (_, i) => planAugmentation(1, 1, i, SIZE));
  const mirrored = drawn.filter(({ affine: [a] }) => a < 0).length;
  expect(mirrored).toBeGreaterThan(70);
  expect(mirrored).toBeLessThan(130);
  for (const augmentation of drawn) {
    const [a, , , d] = augmentation.affine;
    const scale = 1 / Math.hypot(a, d);
    expect(scale).toBeGreaterThanOrEqual(0.75);
    expect(scale).toBeLessThanOrEqual(1.35);
    const found = apply(mask, SIZE, augmentation).target.reduce((sum, v) => sum + v, 0);
    expect(found).toBeLessThan(2.2 * area);
  }
});

test("the same seed, epoch and index draw the same; any other draws another", () => {
  const one = planAugmentation(1, 2, 3, SIZE);
  expect(planAugmentation(1, 2, 3, SIZE)).toEqual(one);
  for (const other of [
    planAugmentation(2, 2, 3, SIZE),
    planAugmentation(1, 3, 3, SIZE),
    planAugmentation(1, 2, 4, SIZE),
  ]) {
    expect(other).not.toEqual(one);
  }
});
