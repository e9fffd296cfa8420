import sharp from "sharp";
import { expect, test } from "vitest";
import { emptyBatch } from "./batch";
import { batchFiller, loadExamples } from "./examples";

const grey = (width: number, height: number, value: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: value, g: value, b: value } } })
    .png()
    .toBuffer();
/** The left half is foreground. */
const leftHalf = (width: number, height: number) =>
  sharp(Buffer.from(Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 255 : 0))), {
    raw: { width, height, channels: 1 },
  })
    .png()
    .toBuffer();
const source = (name: string, value: number) => ({
  name,
  photo: () => grey(32, 16, value),
  mask: () => leftHalf(32, 16),
});

test("photos and masks come at model size, each in its own place", async () => {
  const told: number[] = [];
  const sources = [10, 20, 30, 40, 50, 60].map((value) => source(`p${value}`, value));
  const { count, photos, masks } = await loadExamples(sources, 8, (n) => told.push(n));

  expect(count).toBe(6);
  expect(told).toEqual([1, 2, 3, 4, 5, 6]);
  expect([0, 1, 2, 3, 4, 5].map((i) => photos[i * 8 * 8 * 3])).toEqual([10, 20, 30, 40, 50, 60]);
  for (let pixel = 0; pixel < 6 * 64; pixel++) {
    if (pixel % 8 < 3) expect(masks[pixel]).toBe(255);
    if (pixel % 8 > 4) expect(masks[pixel]).toBe(0);
  }
});

test("a damaged photo is named", async () => {
  const damaged = { ...source("meter_7", 1), photo: async () => Buffer.from("no photo") };
  await expect(loadExamples([damaged], 8)).rejects.toMatchObject({
    code: "photo.unreadable",
    message: expect.stringContaining("meter_7"),
  });
});

test("a batch holds what was asked for, as it is, folded", async () => {
  const examples = await loadExamples([source("a", 51), source("b", 255)], 8);
  const batch = batchFiller(examples, 2)(emptyBatch(1, { size: 8, patch: 2 }), [1]);
  expect(batch.input.every((value) => value === 1)).toBe(true);
  expect(batch.target.reduce((sum, v) => sum + v, 0)).toBe(32);
  // The first block lies in the left half, the last in the right.
  expect([...batch.target.subarray(0, 4), ...batch.target.subarray(60)]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
});
