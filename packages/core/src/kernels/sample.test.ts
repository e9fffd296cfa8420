import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Affine } from "../close-up/affine";
import { seededRandom } from "../random";
import { sample } from "./sample";

const IDENTITY: Affine = [1, 0, 0, 0, 1, 0];
function noise(width: number, height: number, channels: 1 | 3) {
  const random = seededRandom(width);
  const data = Uint8Array.from({ length: width * height * channels }, () => Math.floor(256 * random()));
  return { data, width, height, channels };
}

/** Where a sample is taken. */
const placed = (x: number, last: number) => Math.round(128 * Math.min(Math.max(x, 0), last)) / 128;

/** One value between four pixels, as a sum over the whole picture with a tent about the place. */
function byTent(
  { data, width, height, channels }: ReturnType<typeof noise>,
  x: number,
  y: number,
  k: number,
) {
  const [u, v] = [placed(x, width - 1), placed(y, height - 1)];
  let sum = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const share = Math.max(0, 1 - Math.abs(column - u)) * Math.max(0, 1 - Math.abs(row - v));
      sum += share * data[(row * width + column) * channels + k];
    }
  }
  return sum;
}

test("as it is, it is the same", () => {
  for (const channels of [1, 3] as const) {
    const picture = noise(7, 5, channels);
    expect(sample(picture, IDENTITY, { width: 7, height: 5 })).toEqual(picture.data);
  }
});

test("turned and moved, every value is what a sum over the whole picture says; edges go on", () => {
  const places = fc.tuple(
    fc.double({ min: -3.2, max: 3.2, noNaN: true }),
    fc.double({ min: -6, max: 12, noNaN: true }),
    fc.double({ min: -6, max: 12, noNaN: true }),
    fc.constantFrom(1 as const, 3 as const),
  );
  fc.assert(
    fc.property(places, ([angle, c, f, channels]) => {
      const picture = noise(9, 6, channels);
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const found = sample(picture, [cos, -sin, c, sin, cos, f], { width: 5, height: 4 });
      expect(found).toHaveLength(5 * 4 * channels);
      let furthest = 0;
      for (let i = 0; i < found.length; i++) {
        const pixel = Math.floor(i / channels);
        const [column, row] = [pixel % 5, Math.floor(pixel / 5)];
        const expected = byTent(
          picture,
          cos * column - sin * row + c,
          sin * column + cos * row + f,
          i % channels,
        );
        furthest = Math.max(furthest, Math.abs(found[i] - expected));
      }
      expect(furthest).toBeLessThanOrEqual(0.500_1); // it is rounded
    }),
    { numRuns: 60 },
  );
});

describe("shrinking takes means", () => {
  test("a chessboard at half the size is grey", () => {
    const data = Uint8Array.from({ length: 64 }, (_, i) =>
      ((i % 8) + Math.floor(i / 8)) % 2 === 0 ? 0 : 255,
    );
    const half = sample({ data, width: 8, height: 8, channels: 1 }, [2, 0, 0.5, 0, 2, 0.5], {
      width: 4,
      height: 4,
    });
    expect([...new Set(half)]).toEqual([128]);
  });

  test("by three, whole blocks' means", () => {
    const picture = noise(9, 6, 1);
    const third = sample(picture, [3, 0, 1, 0, 3, 1], { width: 3, height: 2 });
    const mean = (column: number, row: number) => {
      const block = [0, 1, 2].flatMap((dy) => [0, 1, 2].map((dx) => (3 * row + dy) * 9 + 3 * column + dx));
      return block.reduce((sum, i) => sum + picture.data[i], 0) / 9;
    };
    const expected = [0, 1].flatMap((row) => [0, 1, 2].map((column) => Math.round(mean(column, row))));
    expect([...third]).toEqual(expected);
  });

  test("along one side alone, where only that is shrunk", () => {
    const data = Uint8Array.of(0, 100, 200, 40);
    const found = sample({ data, width: 4, height: 1, channels: 1 }, [2, 0, 0.5, 0, 1, 0], {
      width: 2,
      height: 1,
    });
    expect([...found]).toEqual([50, 120]);
  });

  test("a thin bright line is not passed over, however much it shrinks and turns", () => {
    const data = new Uint8Array(64 * 64);
    for (let i = 0; i < 64; i++) data[31 * 64 + i] = 255;
    for (const angle of [0, 0.4, 1.1]) {
      const [cos, sin] = [8 * Math.cos(angle), 8 * Math.sin(angle)];
      const centre = 31.5 - 3.5 * (cos - sin);
      const map: Affine = [cos, -sin, centre, sin, cos, 31.5 - 3.5 * (cos + sin)];
      const small = sample({ data, width: 64, height: 64, channels: 1 }, map, { width: 8, height: 8 });
      const total = small.reduce((sum, value) => sum + value, 0) * 64;
      expect(total).toBeGreaterThan(0.7 * 64 * 255); // the corners of a turned square cut it off
      expect(total).toBeLessThan(1.5 * 64 * 255);
    }
  });
});

test("a plain picture stays plain, wherever one looks", () => {
  const data = new Uint8Array(5 * 4 * 3).fill(77);
  const found = sample({ data, width: 5, height: 4, channels: 3 }, [9, -3, -70, 4, 8, 55], {
    width: 6,
    height: 7,
  });
  expect([...new Set(found)]).toEqual([77]);
});
