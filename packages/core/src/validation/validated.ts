import * as z from "zod";
import { Pair } from "../dataset/pair";
import { SluiceError } from "../errors";
import { BatchId } from "../ids";
import { readJson } from "../json-blob";
import type { Blobs } from "../ports";
import { MaskPolicy } from "../settings";
import { keys } from "./report";

/** A pair that has passed, with what was learnt while its photo was decoded. */
export const ValidPair = Pair.omit({ split: true, batch: true }).extend({
  /** In the batch: `images/…`, `masks/…`. `mask` of the pair describes the PNG that the commit writes. */
  files: z.object({ photo: z.string(), mask: z.string() }),
});
export type ValidPair = z.infer<typeof ValidPair>;

export const ValidBatch = z.object({ batch: BatchId, masks: MaskPolicy, pairs: z.array(ValidPair).min(1) });
export type ValidBatch = z.infer<typeof ValidBatch>;

/** The pairs of an accepted batch. Throws `batch.rejected`. */
export async function validated(batch: string, { blobs }: { blobs: Blobs }): Promise<ValidBatch> {
  const key = keys(batch).pairs;
  if (await blobs.has(key)) return readJson(key, ValidBatch, { blobs });
  throw new SluiceError(
    "batch.rejected",
    `Batch ${batch} has not passed validation`,
    `See reports/${batch}/report.html.`,
  );
}
