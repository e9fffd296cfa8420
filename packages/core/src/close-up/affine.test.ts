import fc from "fast-check";
import { expect, test } from "vitest";
import { type Affine, compose, invert, mirrored, stretched, upended } from "./affine";
import { closeUp } from "./outline";
import { drawnOblong, outlineOfAll } from "./testing";

const at = ([a, b, c, d, e, f]: Affine, x: number, y: number) => [a * x + b * y + c, d * x + e * y + f];
function expectAt(map: Affine, from: readonly [number, number], [x, y]: readonly number[]): void {
  const [foundX, foundY] = at(map, ...from);
  expect(foundX).toBeCloseTo(x, 6);
  expect(foundY).toBeCloseTo(y, 6);
}
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
/** What close-ups are: turned, stretched apart along and across, and moved. */
const maps: fc.Arbitrary<Affine> = fc
  .tuple(number(-3.2, 3.2), number(0.1, 4), number(0.1, 4), number(-99, 99), number(-99, 99))
  .map(([angle, x, y, c, f]) => [
    Math.cos(angle) * x,
    -Math.sin(angle) * y,
    c,
    Math.sin(angle) * x,
    Math.cos(angle) * y,
    f,
  ]);
const points = fc.tuple(number(-50, 50), number(-50, 50));

test("there and back again", () => {
  fc.assert(
    fc.property(maps, points, (map, point) => {
      expectAt(compose(invert(map), map), point, point);
      expectAt(compose(map, invert(map)), point, point);
    }),
  );
});

test("composed is one after the other, the inner first", () => {
  fc.assert(
    fc.property(maps, maps, points, (outer, inner, point) => {
      const [x, y] = at(inner, ...point);
      expectAt(compose(outer, inner), point, at(outer, x, y));
    }),
  );
});

test("mirrored and upended: the first column is the last, the first row the last; twice is nothing", () => {
  const size = { width: 10, height: 4 };
  fc.assert(
    fc.property(maps, points, (map, [x, y]) => {
      expectAt(mirrored(map, size), [x, y], at(map, 9 - x, y));
      expectAt(upended(map, size), [x, y], at(map, x, 3 - y));
      expectAt(mirrored(mirrored(map, size), size), [x, y], at(map, x, y));
      expectAt(upended(upended(map, size), size), [x, y], at(map, x, y));
    }),
  );
});

test("a level close-up: its corners are the margins' corners", () => {
  const outline = { x: 50, y: 30, angle: 0, length: 40, breadth: 10 };
  const map = closeUp(outline, { along: 1.5, across: 2 }, { width: 6, height: 4 });
  // It shows 60 x 20 px from (20, 20) on: a pixel is 10 x 5, and the first one's centre lies at (25, 22.5).
  expectAt(map, [0, 0], [24.5, 22]);
  expectAt(map, [5, 3], [74.5, 37]);
});

test("turned by a quarter: columns run down, rows to the left", () => {
  const outline = { x: 50, y: 30, angle: Math.PI / 2, length: 40, breadth: 10 };
  const map = closeUp(outline, { along: 1.5, across: 2 }, { width: 6, height: 4 });
  expectAt(map, [0, 0], [56.999_999_999, 4.5]);
  expectAt(map, [5, 0], [56.999_999_999, 54.5]);
  expectAt(map, [0, 3], [42, 4.5]);
});

test("seen in its close-up, an outline lies level in the middle and fills its share", () => {
  const picture = { width: 120, height: 100 };
  const size = { width: 48, height: 24 };
  const outlines = fc.record({
    x: number(50, 70),
    y: number(40, 60),
    angle: number(-1.5, 1.5),
    length: number(36, 50),
    breadth: number(8, 16),
  });
  fc.assert(
    fc.property(outlines, (outline) => {
      const map = closeUp(outline, { along: 1.5, across: 2.5 }, size);
      const seen = outlineOfAll(drawnOblong(outline, picture), picture, invert(map));
      expect(seen?.x).toBeCloseTo(24, 0);
      expect(seen?.y).toBeCloseTo(12, 0);
      expect(Math.abs(seen?.angle ?? 9)).toBeLessThan(0.05);
      expect(Math.abs((seen?.length ?? 0) - 48 / 1.5)).toBeLessThan(1);
      expect(Math.abs((seen?.breadth ?? 0) - 24 / 2.5)).toBeLessThan(1.2);
    }),
    { numRuns: 40 },
  );
});

test("stretched: corners on corners, pixel for pixel where the size is the same", () => {
  const map = stretched({ width: 10, height: 4 }, { width: 20, height: 6 });
  expectAt(map, [-0.5, -0.5], [-0.5, -0.5]);
  expectAt(map, [9.5, 3.5], [19.5, 5.5]);
  expect(stretched({ width: 10, height: 4 }, { width: 10, height: 4 })).toEqual([1, 0, 0, 0, 1, 0]);
});
