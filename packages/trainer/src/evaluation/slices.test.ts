import type { Dataset } from "@sluice/core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { laplacianVariance, sharpness } from "./sharpness";
import { conditionsOf, sliceFinder, slicesOf } from "./slices";

const plain = { orientation: 1, brightness: 70, sharpness: 65, area: 0.01, tiltDegrees: 10 };

test("the limits themselves are outside", () => {
  expect(slicesOf(plain)).toEqual([]);
});

test.each([
  [{ orientation: 3 }, "rotated"],
  [{ brightness: 69.9 }, "dark"],
  [{ sharpness: 64.9 }, "blurred"],
  [{ area: 0.0099 }, "small_window"],
  [{ tiltDegrees: 10.1 }, "tilted"],
])("%o is %s", (fact, slice) => {
  expect(slicesOf({ ...plain, ...fact })).toEqual([slice]);
});

/** Stripes of two columns each, softened. */
async function striped(sigma: number): Promise<Buffer> {
  const stripes = Uint8Array.from({ length: 3 * 80 * 60 }, (_, i) =>
    Math.floor(i / 6) % 2 === 0 ? 40 : 200,
  );
  const picture = sharp(stripes, { raw: { width: 80, height: 60, channels: 3 } });
  return (sigma > 0 ? picture.blur(sigma) : picture).png().toBuffer();
}

/** A window of 40 x 8 px about the middle of an 80 x 60 photo, turned. */
function turned(degrees: number): Uint8Array {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return Uint8Array.from({ length: 80 * 60 }, (_, i) => {
    const [x, y] = [(i % 80) - 39.5, Math.floor(i / 80) - 29.5];
    return Number(Math.abs(x * c + y * s) <= 20 && Math.abs(y * c - x * s) <= 4);
  });
}
const pair = { id: "a", orientation: 1, brightness: 120, areaPx: 320, width: 80, height: 60 } as Dataset.Pair;

test("a softened photo is less sharp; blurred, dark or turned are told from the photo and its mask", async () => {
  const [sharp, soft] = [await striped(0), await striped(4)];
  expect(await sharpness(sharp, "a")).toBeGreaterThan(1000);
  expect(await sharpness(soft, "a")).toBeLessThan(65);
  const { tiltDegrees, area } = await conditionsOf(pair, sharp, turned(-30));
  expect(tiltDegrees).toBeCloseTo(30, 0);
  expect(area).toBeCloseTo(320 / 4800, 12);
  expect(await sliceFinder()(pair, soft, turned(4))).toEqual(["blurred"]);
  expect(await sliceFinder()(pair, sharp, turned(90))).toEqual(["tilted"]);
});

test("a photo's slices are found once", async () => {
  const find = sliceFinder();
  const first = await find(pair, await striped(0), turned(20));
  expect(await find(pair, Buffer.from("no photo"), turned(0))).toEqual(first);
});

test("the variance of the Laplacian, by hand", () => {
  // Of two inner pixels one is a peak of 1 (-4), the other beside it (1): mean -1.5, variance 6.25.
  const values = Float32Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
  expect(laplacianVariance(values, { width: 4, height: 3 })).toBe(6.25);
  expect(laplacianVariance(Float32Array.of(5, 5), { width: 2, height: 1 })).toBe(0);
});
