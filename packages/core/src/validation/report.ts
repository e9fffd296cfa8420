import * as z from "zod";
import { REFUSALS, Refusal } from "../batch/refusal";
import { SluiceError } from "../errors";
import { BatchId } from "../ids";
import { readJson } from "../json-blob";
import type { Blobs } from "../ports";
import { MaskPolicy } from "../settings";
import { verb } from "../verb";

/** What can be wrong with a file: what refuses an entry of the source, and what is found by looking into it. */
export const CODES = [
  ...REFUSALS,
  "empty_batch",
  "mask_empty",
  "mask_not_binary",
  "mask_thresholded",
  "mask_too_large",
  "mask_too_small",
  "mask_unpaired",
  "mislabelled",
  "photo_too_large",
  "photo_unpaired",
  "same_photo",
  "size_mismatch",
  "truncated",
  "unexpected_file",
  "unsupported",
] as const;

/** One thing that is wrong with one file (of the batch, `images/meter_17.jpg`), and what to do about it. */
export const Fault = Refusal.extend({ code: z.enum(CODES) });
export type Fault = z.infer<typeof Fault>;

export const Report = z.object({
  batch: BatchId,
  masks: MaskPolicy,
  /** Pairs without a fault. */
  pairs: z.number().int().nonnegative(),
  /** A batch with a fault is rejected as a whole. */
  accepted: z.boolean(),
  faults: z.array(Fault),
  warnings: z.array(Fault),
});
export type Report = z.infer<typeof Report>;

export const keys = (batch: string) => ({
  report: `reports/${batch}/report.json`,
  page: `reports/${batch}/report.html`,
  /** What validation learnt of each pair, for the commit. */
  pairs: `reports/${batch}/pairs.json`,
});

/** The report of a batch that was validated. Throws `batch.incomplete` before that. */
export const report = verb(
  z.object({ batch: BatchId }),
  async ({ batch }, { blobs }: { blobs: Blobs }): Promise<Report> => {
    const key = keys(batch).report;
    if (await blobs.has(key)) return readJson(key, Report, { blobs });
    throw new SluiceError("batch.incomplete", `Batch ${batch} has not been validated`, "Push it.");
  },
);
