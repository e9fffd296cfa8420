import { Photo } from "@sluice/core";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { encodeMask } from "./mask-png";

test("eight bits of grey, 0 and 255, row by row", async () => {
  const png = encodeMask(Uint8Array.of(0, 1, 1, 0, 0, 200), { width: 3, height: 2 });
  expect(await sharp(png).metadata()).toMatchObject({ format: "png", width: 3, height: 2, channels: 1 });
  const { data } = await Photo.maskPixels(png, "a.png");
  expect([...data]).toEqual([0, 255, 255, 0, 0, 255]);
});

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
      const own = await Photo.maskPixels(encodeMask(mask, size), "own.png");
      const other = await Photo.maskPixels(await Photo.maskPng(mask, size.width, size.height), "other.png");
      expect(own).toEqual(other);
    }),
    { numRuns: 40 },
  );
});

test("a window on a photo is a few hundred bytes", () => {
  const mask = new Uint8Array(480 * 640);
  for (let y = 250; y < 330; y++) mask.fill(1, y * 480 + 100 + y / 8, y * 480 + 380 + y / 8);
  expect(encodeMask(mask, { width: 480, height: 640 }).length).toBeLessThan(700);
});
