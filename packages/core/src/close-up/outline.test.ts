import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Affine } from "./affine";
import type { Outline } from "./outline";
import { drawnOblong, outlineOfAll } from "./testing";

const PICTURE = { width: 96, height: 80 };
const angles = fc.double({ min: -Math.PI / 2 + 0.02, max: Math.PI / 2 - 0.02, noNaN: true });
const oblongs: fc.Arbitrary<Outline> = fc.record({
  x: fc.double({ min: 40, max: 56, noNaN: true }),
  y: fc.double({ min: 36, max: 44, noNaN: true }),
  angle: angles,
  length: fc.double({ min: 36, max: 60, noNaN: true }),
  breadth: fc.double({ min: 8, max: 20, noNaN: true }),
});

/** Between two directions of a line, radians; those half a turn apart are one. */
const apart = (a: number, b: number) => Math.abs(Math.asin(Math.sin(a - b)));

function expectAlike(found: Outline | null, drawn: Outline): void {
  expect(found).not.toBeNull();
  if (!found) return;
  expect(Math.abs(found.x - drawn.x)).toBeLessThan(0.2);
  expect(Math.abs(found.y - drawn.y)).toBeLessThan(0.2);
  expect(apart(found.angle, drawn.angle)).toBeLessThan(0.02);
  expect(Math.abs(found.length - drawn.length)).toBeLessThan(0.6);
  expect(Math.abs(found.breadth - drawn.breadth)).toBeLessThan(0.6);
}

describe("an oblong's outline", () => {
  test("is the oblong itself, at every angle", () => {
    fc.assert(
      fc.property(oblongs, (drawn) => expectAlike(outlineOfAll(drawnOblong(drawn, PICTURE), PICTURE), drawn)),
      { numRuns: 60 },
    );
  });

  test("is upright, of whole pixels, to the last digit", () => {
    const weights = new Float32Array(8 * 6);
    for (const row of [2, 3]) for (const column of [1, 2, 3, 4, 5]) weights[row * 8 + column] = 1;
    const found = outlineOfAll(weights, { width: 8, height: 6 });
    expect(found?.x).toBeCloseTo(3.5, 10);
    expect(found?.y).toBeCloseTo(3, 10);
    expect(found?.angle).toBeCloseTo(0, 10);
    expect(found?.length).toBeCloseTo(5, 10);
    expect(found?.breadth).toBeCloseTo(2, 10);
  });

  test("does not depend on how sure the values are", () => {
    const drawn: Outline = { x: 48, y: 40, angle: 0.4, length: 50, breadth: 14 };
    const weights = drawnOblong(drawn, PICTURE).map((value) => 0.3 * value);
    expectAlike(outlineOfAll(weights, PICTURE), drawn);
  });
});

describe("in the pixels of another picture", () => {
  test("a mask stretched over it: each pixel covers 3 x 2 of its", () => {
    const small = { width: 32, height: 40 };
    const weights = new Float32Array(32 * 40);
    for (let row = 10; row < 14; row++)
      for (let column = 4; column < 12; column++) weights[row * 32 + column] = 1;
    const stretched: Affine = [3, 0, 1, 0, 2, 0.5]; // centre of (0, 0) lies at (1.5, 1) from the corner
    const found = outlineOfAll(weights, small, stretched);
    expect(found?.x).toBeCloseTo(24, 8);
    expect(found?.y).toBeCloseTo(24, 8);
    expect(found?.angle).toBeCloseTo(0, 8);
    expect(found?.length).toBeCloseTo(24, 8);
    expect(found?.breadth).toBeCloseTo(8, 8);
  });

  test("a turned and enlarged one: lengths, place and angle follow", () => {
    fc.assert(
      fc.property(angles, fc.double({ min: 0.5, max: 2, noNaN: true }), (turn, factor) => {
        const weights = drawnOblong({ x: 48, y: 40, angle: 0.3, length: 50, breadth: 14 }, PICTURE);
        const [cos, sin] = [factor * Math.cos(turn), factor * Math.sin(turn)];
        const found = outlineOfAll(weights, PICTURE, [cos, -sin, 7, sin, cos, -3]);
        // The centre (47.5, 39.5), counted from the centre of the first pixel, goes through the map.
        expect(found?.x).toBeCloseTo(cos * 47.5 - sin * 39.5 + 7.5, 1);
        expect(found?.y).toBeCloseTo(sin * 47.5 + cos * 39.5 - 2.5, 1);
        expect(apart(found?.angle ?? 9, 0.3 + turn)).toBeLessThan(0.02);
        expect((found?.length ?? 0) / factor).toBeCloseTo(50, 0);
        expect((found?.breadth ?? 0) / factor).toBeCloseTo(14, 0);
      }),
      { numRuns: 30 },
    );
  });
});

describe("an area without a direction", () => {
  test("a disk's is upright, and square", () => {
    const disk = Float32Array.from({ length: 40 * 40 }, (_, i) =>
      Math.hypot((i % 40) + 0.5 - 20, Math.floor(i / 40) + 0.5 - 20) < 12 ? 1 : 0,
    );
    const found = outlineOfAll(disk, { width: 40, height: 40 });
    expect(found?.angle).toBe(0);
    expect(found?.length).toBeCloseTo(found?.breadth ?? 0, 6);
    expect(found?.length).toBeCloseTo(12 * Math.sqrt(3), 0); // the square with a disk's second moments
  });

  test("a block that is nearly square is upright at every angle", () => {
    fc.assert(
      fc.property(angles, (angle) => {
        const block = { x: 48, y: 40, angle, length: 30, breadth: 26 };
        expect(outlineOfAll(drawnOblong(block, PICTURE), PICTURE)?.angle).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  test("one pixel is one pixel", () => {
    const weights = new Float32Array(12);
    weights[6] = 0.7;
    const found = outlineOfAll(weights, { width: 4, height: 3 });
    expect(found).toMatchObject({ x: 2.5, y: 1.5, angle: 0 });
    expect(found?.length).toBeCloseTo(1, 6);
    expect(found?.breadth).toBeCloseTo(1, 6);
  });

  test("nothing has none", () => {
    expect(outlineOfAll(new Float32Array(12), { width: 4, height: 3 })).toBeNull();
  });
});

test("a line is given some breadth, so that a close-up of it shows something", () => {
  const weights = new Float32Array(100 * 5).map((_, i) => (Math.floor(i / 100) === 2 ? 1 : 0));
  const found = outlineOfAll(weights, { width: 100, height: 5 });
  expect(found?.length).toBeCloseTo(100, 6);
  expect(found?.breadth).toBeCloseTo(10, 6);
});
