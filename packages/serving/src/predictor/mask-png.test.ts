import { Photo } from "@sluice/core";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { encodeMask } from "./mask-png";

test("eight bits of grey, 0 and 255, row by row", async () => {
  const runs = [
    { start: 1, end: 3 },
    { start: 5, end: 6 },
  ];
  const png = encodeMask({ width: 3, height: 2, runs });
  expect(await sharp(png).metadata()).toMatchObject({ format: "png", width: 3, height: 2, channels: 1 });
  const { data } = await Photo.maskPixels(png, "a.png");
  expect([...data]).toEqual([0, 255, 255, 0, 0, 255]);
});

/** Pixel by pixel: each a run of its own. */
const runsOf = (mask: Uint8Array) =>
  [...mask.keys()].filter((i) => mask[i] === 1).map((start) => ({ start, end: start + 1 }));

test("whatever the mask, another decoder reads what the other encoder's says", async () => {
  const masks = fc
    .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
    .chain((size) =>
      fc.record({
        size: fc.constant(size),
        mask: fc.uint8Array({
          minLength: size.width * size.height,
          maxLength: size.width * size.height,
          max: 1,
        }),
      }),
    );
  await fc.assert(
    fc.asyncProperty(masks, async ({ mask, size }) => {
      const own = await Photo.maskPixels(encodeMask({ ...size, runs: runsOf(mask) }), "own.png");
      const other = await Photo.maskPixels(await Photo.maskPng(mask, size.width, size.height), "other.png");
      expect(own).toEqual(other);
    }),
    { numRuns: 40 },
  );
});

test("wherever the foreground lies between empty rows", async () => {
  const places = fc.record({
    width: fc.integer({ min: 1, max: 12 }),
    above: fc.integer({ min: 0, max: 200 }),
    rows: fc.integer({ min: 1, max: 70 }),
    below: fc.integer({ min: 0, max: 200 }),
  });
  await fc.assert(
    fc.asyncProperty(places, async ({ width, above, rows, below }) => {
      const height = above + rows + below;
      const mask = new Uint8Array(width * height).fill(1, above * width, (above + rows) * width);
      const { data } = await Photo.maskPixels(encodeMask({ width, height, runs: runsOf(mask) }), "own.png");
      expect([...data]).toEqual([...mask].map((value) => 255 * value));
    }),
    { numRuns: 40 },
  );
});

test("an empty mask is as large as its photo", async () => {
  const { data, ...size } = await Photo.maskPixels(
    encodeMask({ width: 7, height: 130, runs: [] }),
    "own.png",
  );
  expect(size).toEqual({ width: 7, height: 130 });
  expect(new Set(data)).toEqual(new Set([0]));
});

test("a window on a photo is a few hundred bytes", () => {
  const runs = Array.from({ length: 80 }, (_, i) => {
    const from = (250 + i) * 480 + Math.floor(i / 8);
    return { start: from + 130, end: from + 410 };
  });
  expect(encodeMask({ width: 480, height: 640, runs }).length).toBeLessThan(800);
});
