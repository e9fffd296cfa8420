import fc from "fast-check";
import { expect, test } from "vitest";
import { boundaryDistance } from "./boundary";

/** A picture by its rows: `#` is foreground. */
const mask = (...rows: string[]) => Uint8Array.from(rows.join(""), (sign) => (sign === "#" ? 255 : 0));

test("a square moved by one pixel", () => {
  const a = mask("##....", "##....");
  const b = mask(".##...", ".##...");
  // Two pixels of each lie on the other, two are 1 px away.
  expect(boundaryDistance(a, b, { width: 6, height: 2 })).toBe(0.5);
});

test("only the boundary counts: what is filled and what is a frame have the same", () => {
  const filled = mask(".....", ".###.", ".###.", ".###.", ".....");
  const frame = mask(".....", ".###.", ".#.#.", ".###.", ".....");
  expect(boundaryDistance(filled, frame, { width: 5, height: 5 })).toBe(0);
});

test("the edge of the picture is a boundary", () => {
  const whole = new Uint8Array(9).fill(1);
  // The inner pixel is 1 px from the ring of 8; each of the ring's sides is 1 px, each corner √2 from it.
  const inner = mask("...", ".#.", "...");
  expect(boundaryDistance(whole, inner, { width: 3, height: 3 })).toBeCloseTo(
    (1 + 4 + 4 * Math.SQRT2) / 9,
    12,
  );
});

test("two empty masks agree; of one alone there is no distance", () => {
  const empty = new Uint8Array(6);
  expect(boundaryDistance(empty, empty, { width: 3, height: 2 })).toBe(0);
  expect(boundaryDistance(empty, mask("#..", "..."), { width: 3, height: 2 })).toBeNull();
  expect(boundaryDistance(mask("#..", "..."), empty, { width: 3, height: 2 })).toBeNull();
});

test("two specks in opposite corners of a large picture", () => {
  const [width, height] = [401, 301];
  const a = new Uint8Array(width * height);
  const b = new Uint8Array(width * height);
  a[0] = 1;
  b[width * height - 1] = 1;
  expect(boundaryDistance(a, b, { width, height })).toBe(500);
});

/** As the definition reads: every boundary pixel against every other. */
function byDefinition(a: Uint8Array, b: Uint8Array, width: number, height: number): number | null {
  const points = (m: Uint8Array) => {
    const inside = (x: number, y: number) =>
      x >= 0 && y >= 0 && x < width && y < height && m[y * width + x] !== 0;
    const all = Array.from(m, (_, i) => [i % width, Math.floor(i / width)]);
    return all.filter(
      ([x, y]) =>
        inside(x, y) && !(inside(x - 1, y) && inside(x + 1, y) && inside(x, y - 1) && inside(x, y + 1)),
    );
  };
  const [p, q] = [points(a), points(b)];
  if (p.length === 0 && q.length === 0) return 0;
  if (p.length === 0 || q.length === 0) return null;
  const nearest = (from: number[][], to: number[][]) =>
    from.map(([x, y]) => Math.min(...to.map(([u, v]) => Math.hypot(x - u, y - v))));
  const all = [...nearest(p, q), ...nearest(q, p)];
  return all.reduce((sum, d) => sum + d, 0) / all.length;
}

const twoMasks = fc
  .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
  .chain(({ width, height }) => {
    const values = fc.constantFrom(0.05, 0.5, 0.9).chain((share) =>
      fc
        .array(fc.double({ min: 0, max: 1, noNaN: true }), {
          minLength: width * height,
          maxLength: width * height,
        })
        .map((chances) => Uint8Array.from(chances, (chance) => Number(chance < share))),
    );
    return fc.record({ a: values, b: values, width: fc.constant(width), height: fc.constant(height) });
  });

test("any two masks: as by the definition, and the same either way round", () => {
  fc.assert(
    fc.property(twoMasks, ({ a, b, width, height }) => {
      const distance = boundaryDistance(a, b, { width, height });
      const expected = byDefinition(a, b, width, height);
      if (expected === null) expect(distance).toBeNull();
      else expect(distance).toBeCloseTo(expected, 9);
      const back = boundaryDistance(b, a, { width, height });
      expect(back === null ? -1 : back).toBeCloseTo(distance ?? -1, 9);
    }),
    { numRuns: 150 },
  );
});
