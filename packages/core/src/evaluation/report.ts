import * as z from "zod";
import { DatasetVersion, Fraction, PairId, Sha256 } from "../ids";

/** Parts of the test split that are watched on their own. */
export const Slice = z.enum(["rotated", "dark", "small_window"]);
export type Slice = z.infer<typeof Slice>;

export const PerImage = z.object({
  id: PairId,
  dice: Fraction,
  iou: Fraction,
  slices: z.array(Slice),
});
export type PerImage = z.infer<typeof PerImage>;

const Means = z.object({ count: z.number().int().nonnegative(), dice: Fraction, iou: Fraction });

/** One model on one frozen test split, at the upright photos' own resolution. */
export const Report = z.object({
  datasetVersion: DatasetVersion,
  split: z.literal("test"),
  bundleDigest: Sha256,
  images: z.array(PerImage),
  /** Means over the images. */
  dice: Fraction,
  iou: Fraction,
  slices: z.partialRecord(Slice, Means),
  latencyMs: z.object({ p50: z.number(), p95: z.number() }),
});
export type Report = z.infer<typeof Report>;
