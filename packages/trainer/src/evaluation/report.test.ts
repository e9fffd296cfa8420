import { type Blobs, type Dataset, Evaluation, Photo } from "@sluice/core";
import { describe as describeFile, storedKey } from "@sluice/core/dataset/files";
import { memoryWorld } from "@sluice/core/testing/index";
import sharp from "sharp";
import { beforeEach, expect, test } from "vitest";
import { evaluatePredictor } from "./report";

let world: ReturnType<typeof memoryWorld>;
beforeEach(() => {
  world = memoryWorld();
});

const SIZE = { width: 40, height: 30 };

async function store(bytes: Buffer, { blobs }: { blobs: Blobs }): Promise<Dataset.Stored> {
  const stored = describeFile(bytes);
  await blobs.put(storedKey(stored), bytes);
  return stored;
}

/** [30 * 40], a level oblong of 16 px by so many rows. */
const oblong = (rows: number) =>
  Uint8Array.from({ length: 1200 }, (_, i) =>
    Number(i % 40 >= 10 && i % 40 < 26 && i >= 400 && i < 400 + 40 * rows),
  );

/** A photo of noise, which is as sharp as can be, and its mask. */
async function pair(id: string, rows: number, facts: Partial<Dataset.Pair> = {}): Promise<Dataset.Pair> {
  const noise = Uint8Array.from({ length: 3600 }, (_, i) => (i * 7919) % 251);
  const photo = await sharp(noise, { raw: { ...SIZE, channels: 3 } })
    .png()
    .toBuffer();
  return {
    id,
    split: "test",
    photo: await store(photo, world),
    mask: await store(await Photo.maskPng(oblong(rows), 40, 30), world),
    ...SIZE,
    orientation: 1,
    areaPx: rows * 16,
    brightness: 120,
    phash: "0".repeat(16),
    batch: "b1",
    ...facts,
  };
}

/** Marks 16 x 4 px on every photo. */
const predictor = {
  digest: "c".repeat(64),
  warmUp: async () => {},
  predict: async () => ({
    ...SIZE,
    mask: oblong(4),
    box: { left: 10, top: 10, width: 16, height: 4 },
    areaPx: 64,
    confidence: 0.75,
    timings: { decodeMs: 3, inferenceMs: 5, maskMs: 2 },
  }),
};
const input = (pairs: Dataset.Pair[]) => ({ predictor, pairs, datasetVersion: "a".repeat(64) });

test("scores each photo against its mask, in slices and on the whole", async () => {
  const dark = { brightness: 69, orientation: 6 };
  const pairs = [await pair("a", 4), await pair("b", 2, dark)];
  const seen: number[] = [];
  const report = await evaluatePredictor(input(pairs), world, () => seen.push(1));

  expect(report.images[0]).toEqual({
    ...{ id: "a", dice: 1, iou: 1, boundaryPx: 0, boundaryShare: 0 },
    ...{ confidence: 0.75, precision: 1, truePx: 64, predictedPx: 64, slices: [] },
  });
  // Half of the mask is true: Dice 2 * 32 / (64 + 32), IoU 32 / 64.
  const half = { dice: 2 / 3, iou: 0.5, precision: 0.5, truePx: 32, predictedPx: 64 };
  expect(report.images[1]).toMatchObject({ ...half, slices: ["rotated", "dark"] });
  // Of 36 boundary pixels of the answer 16 are 2 px from the truth's 32, 2 are 1 px, 18 are theirs;
  // of the truth's lower row 14 are inside of the answer, 1 px or more from its boundary.
  expect(report.images[1].boundaryPx).toBeCloseTo((16 * 2 + 2 + 14) / (36 + 32), 12);
  expect(report.dice).toBeCloseTo(5 / 6, 12);
  expect(report.iou).toBeCloseTo(0.75, 12);
  expect(report.slices.dark).toMatchObject({ count: 1, dice: 2 / 3, iou: 0.5 });
  expect(report.calibration).toEqual({
    groups: [{ count: 2, confidence: 0.75, precision: 0.75 }],
    error: 0,
    unmarked: 0,
  });
  expect(report).toMatchObject({ bundleDigest: predictor.digest, latencyMs: { p50: 10, p95: 10 } });
  expect(Evaluation.Report.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  expect(seen).toHaveLength(2);
});

test("an empty test split gives a report of zeros", async () => {
  const report = await evaluatePredictor(input([]), world);
  expect(report).toMatchObject({ images: [], dice: 0, iou: 0, slices: {}, latencyMs: { p50: 0, p95: 0 } });
});
