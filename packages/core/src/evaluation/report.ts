import * as z from "zod";
import { DatasetVersion, Fraction, PairId, Sha256 } from "../ids";

/** Parts of the test split that are watched on their own. */
export const Slice = z.enum(["rotated", "dark", "blurred", "small_window", "tilted"]);
export type Slice = z.infer<typeof Slice>;

const Count = z.number().int().nonnegative();
const Distance = z.number().nonnegative();

export const PerImage = z.object({
  id: PairId,
  dice: Fraction,
  iou: Fraction,
  /** Mean distance between the boundaries of both masks, px of the upright photo; null when one of them is empty. */
  boundaryPx: Distance.nullable(),
  /** The same as a share of the photo's diagonal, so that photos of different sizes compare. */
  boundaryShare: Fraction.nullable(),
  /** The model's own: mean probability inside its mask; 0 when it marks nothing. */
  confidence: Fraction,
  /** Share of the marked pixels that are truly foreground; null when none is marked. */
  precision: Fraction.nullable(),
  /** Foreground of the true and of the predicted mask, px. */
  truePx: Count,
  predictedPx: Count,
  slices: z.array(Slice),
});
export type PerImage = z.infer<typeof PerImage>;

const Means = z.object({
  count: Count,
  dice: Fraction,
  iou: Fraction,
  /** Over the photos that have one; null when none has. */
  boundaryPx: Distance.nullable(),
});
export type Means = z.infer<typeof Means>;

/** What the model says of itself against what is so. See `calibrate`. */
export const Calibration = z.object({
  /** From the least to the most confident photos, about equally many each. */
  groups: z.array(
    z.object({ count: z.number().int().positive(), confidence: Fraction, precision: Fraction }),
  ),
  /** Expected calibration error; null when nothing was marked on any photo. */
  error: Fraction.nullable(),
  /** Photos on which nothing was marked: they have no confidence and are in no group. */
  unmarked: Count,
});
export type Calibration = z.infer<typeof Calibration>;

/** One model on one frozen test split, at the upright photos' own resolution. */
export const Report = z.object({
  datasetVersion: DatasetVersion,
  split: z.literal("test"),
  bundleDigest: Sha256,
  images: z.array(PerImage),
  /** Means over the images. */
  dice: Fraction,
  iou: Fraction,
  boundaryPx: Distance.nullable(),
  slices: z.partialRecord(Slice, Means),
  calibration: Calibration,
  latencyMs: z.object({ p50: z.number(), p95: z.number() }),
});
export type Report = z.infer<typeof Report>;
