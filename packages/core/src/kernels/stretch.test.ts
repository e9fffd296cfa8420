import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../random";
import type { Picture } from "./picture";
import { sample } from "./sample";
import { stretch } from "./stretch";

function noise(width: number, height: number, channels: 1 | 3): Picture {
  const random = seededRandom(width * height);
  const data = Uint8Array.from({ length: width * height * channels }, () => Math.floor(256 * random()));
  return { data, width, height, channels };
}

/** How much an old pixel counts for a new one along a side, out of the definition. */
function share(from: number, to: number, at: number, old: number): number {
  const reach = Math.max(1, from / to);
  const centre = ((at + 0.5) * from) / to - 0.5;
  const tent = (i: number) => Math.max(0, 1 - Math.abs(i - centre) / reach);
  let sum = 0;
  for (let i = 0; i < from; i++) sum += tent(i);
  return tent(old) / sum;
}

function expected({ data, width, height, channels }: Picture, size: { width: number; height: number }) {
  const out: number[] = [];
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      for (let k = 0; k < channels; k++) {
        let sum = 0;
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const weight = share(height, size.height, row, y) * share(width, size.width, column, x);
            sum += weight * data[(y * width + x) * channels + k];
          }
        }
        out.push(sum);
      }
    }
  }
  return out;
}

test("every pixel is the mean by a tent over the old ones, whichever way the sides change", () => {
  const side = fc.integer({ min: 1, max: 23 });
  const channels = fc.constantFrom(1 as const, 3 as const);
  fc.assert(
    fc.property(side, side, side, side, channels, (width, height, toWidth, toHeight, count) => {
      const picture = noise(width, height, count);
      const size = { width: toWidth, height: toHeight };
      const found = stretch(picture, size);
      const exact = expected(picture, size);
      expect(found).toHaveLength(exact.length);
      for (const [i, value] of exact.entries()) expect(Math.abs(found[i] - value)).toBeLessThan(0.6);
    }),
    { numRuns: 100 },
  );
});

test("as large as it is, it is the same", () => {
  const picture = noise(9, 4, 3);
  expect(stretch(picture, picture)).toEqual(picture.data);
});

test("black and white stay black and white, however much they shrink", () => {
  for (const value of [0, 255]) {
    const data = new Uint8Array(640 * 480 * 3).fill(value);
    const small = stretch({ data, width: 640, height: 480, channels: 3 }, { width: 31, height: 7 });
    expect(new Set(small)).toEqual(new Set([value]));
  }
});

test("what the one before left in memory changes nothing", () => {
  const [large, small] = [noise(640, 500, 3), noise(50, 41, 3)];
  const size = { width: 16, height: 16 };
  const first = stretch(small, size);
  stretch(large, { width: 160, height: 160 });
  sample(large, [1, 0.1, 0, -0.1, 1, 40], { width: 300, height: 200 });
  expect(stretch(small, size)).toEqual(first);
});

test("a picture larger than the memory so far finds room", () => {
  const data = new Uint8Array(3000 * 2000 * 3).fill(90);
  const found = stretch({ data, width: 3000, height: 2000, channels: 3 }, { width: 20, height: 20 });
  expect(new Set(found)).toEqual(new Set([90]));
});
