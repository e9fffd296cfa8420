import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Training } from "@sluice/core";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Batch, emptyBatch } from "./batch";
import { type ExampleShape, makeExample } from "./example-file";
import { closeUpExamples, wholeExamples } from "./examples";

const SHAPE: ExampleShape = {
  whole: { width: 8, height: 8 },
  closeUp: { width: 16, height: 8, along: 1.5, across: 2.5 },
};
const WHOLE = { width: 8, height: 8, patch: 2 };
const CLOSE = { width: 16, height: 8, patch: 1, along: 1.5, across: 2.5 };
const AUGMENTATION = Training.Recipe.parse({}).augmentation;

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "sluice-examples-test-"));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

/** A grey photo of 64 x 32 and a mask whose foreground is from `left` to `right`, as the file of an example. */
async function example(grey: number, [left, right] = [16, 48]): Promise<string> {
  const photo = { width: 64, height: 32, channels: 3 as const, background: { r: grey, g: grey, b: grey } };
  const mask = Buffer.from(
    Array.from({ length: 64 * 32 }, (_, i) => {
      const [x, y] = [i % 64, Math.floor(i / 64)];
      return x >= left && x < right && y >= 12 && y < 20 ? 255 : 0;
    }),
  );
  const bytes = await makeExample(
    await sharp({ create: photo }).png().toBuffer(),
    await sharp(mask, { raw: { width: 64, height: 32, channels: 1 } })
      .png()
      .toBuffer(),
    SHAPE,
    `grey ${grey}`,
  );
  const file = path.join(folder, `${grey}`);
  await fs.writeFile(file, bytes);
  return file;
}
const EMPTY_MASK: [number, number] = [0, 0];
const foreground = ({ target }: Batch) => target.reduce((sum, v) => sum + v, 0);

test("a batch holds what was asked for, in that order, each in its own place", async () => {
  const files = [await example(51), await example(102), await example(255)];
  const { count, fill } = wholeExamples(files, SHAPE, WHOLE, null);
  const batch = emptyBatch(2, WHOLE);
  fill(batch, [2, 0], null);

  expect(count).toBe(3);
  expect(batch.input.subarray(0, 192).every((value) => value === 1)).toBe(true);
  expect(batch.input.subarray(192).every((value) => Math.abs(value - 0.2) < 1e-6)).toBe(true);
  expect(() => fill(batch, [3], null)).toThrow("there is no example 3");
});

test("the whole mask is folded as the photo is", async () => {
  const { fill } = wholeExamples([await example(255)], SHAPE, WHOLE, null);
  const batch = emptyBatch(1, WHOLE);
  fill(batch, [0], null);
  // The window covers columns 2..5 and rows 3..4 of 8 x 8: the lower half of a block row, the upper of the next.
  const rows = [0, 1, 2, 3].map((row) => [...batch.target.subarray(16 * row, 16 * row + 16)]);
  expect(rows[0]).toEqual(Array(16).fill(0));
  expect(rows[1]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0]);
  expect(rows[2]).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  expect(rows[3]).toEqual(Array(16).fill(0));
});

test("shown smaller than it is kept, all of it is there, in its place", async () => {
  const small = { width: 4, height: 4, patch: 1 };
  const { fill } = wholeExamples([await example(255, [28, 64])], SHAPE, small, null);
  const batch = emptyBatch(1, small);
  fill(batch, [0], null);
  // The window covers the right half and a bit, and rows 3 and 4 of 8: half of the two in the middle of 4.
  expect([...batch.target]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0]);
  expect(batch.input.every((value) => value === 1)).toBe(true);
});

test("a pair whose mask is empty is shown whole, but has no close-up", async () => {
  const files = [await example(51), await example(102, EMPTY_MASK), await example(255)];
  expect(wholeExamples(files, SHAPE, WHOLE, null).count).toBe(3);
  const { count, fill } = closeUpExamples(files, SHAPE, CLOSE, null);
  expect(count).toBe(2);
  const batch = emptyBatch(1, CLOSE);
  fill(batch, [1], null);
  expect(batch.input[0]).toBe(1);
});

test("a close-up shows the window in its middle, at about its share of the picture", async () => {
  const { fill } = closeUpExamples([await example(51)], SHAPE, CLOSE, null);
  const batch = emptyBatch(1, CLOSE);
  fill(batch, [0], null);
  const share = foreground(batch) / (16 * 8);
  expect(share).toBeGreaterThan(0.5 / (1.5 * 2.5)); // its area, times along and across, but displaced
  expect(share).toBeLessThan(2 / (1.5 * 2.5));
  expect(batch.target[4 * 16 + 8]).toBe(1);
  expect(batch.target[0]).toBe(0);
});

test.each(["whole", "close-up"])(
  "%s: drawn anew in each epoch, alike when asked again, and as it is for validation",
  async (kind) => {
    const files = [await example(51), await example(102, [10, 60])];
    const shape = kind === "whole" ? WHOLE : CLOSE;
    const { fill } =
      kind === "whole"
        ? wholeExamples(files, SHAPE, WHOLE, AUGMENTATION)
        : closeUpExamples(files, SHAPE, CLOSE, AUGMENTATION);
    const filled = (drawn: { seed: number; epoch: number } | null) => {
      const batch = emptyBatch(2, shape);
      fill(batch, [0, 1], drawn);
      return [...batch.input, ...batch.target];
    };
    const first = filled({ seed: 1, epoch: 1 });
    expect(filled({ seed: 1, epoch: 1 })).toEqual(first);
    expect(filled({ seed: 1, epoch: 2 })).not.toEqual(first);
    expect(filled({ seed: 2, epoch: 1 })).not.toEqual(first);
    expect(filled(null)).toEqual(filled(null));
    expect(filled(null)).not.toEqual(first);
  },
);

test("a file that was cut short while a training ran is told", async () => {
  const file = await example(51);
  const { fill } = wholeExamples([file], SHAPE, WHOLE, null);
  await fs.truncate(file, 100);
  expect(() => fill(emptyBatch(1, WHOLE), [0], null)).toThrow(`${file} is cut short`);
});
