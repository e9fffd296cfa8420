import * as z from "zod";
import { openNamed } from "../batch/open";
import { BatchId } from "../ids";
import type { Blobs } from "../ports";
import { MaskPolicy } from "../settings";
import { verb } from "../verb";
import { merge } from "./findings";
import { inspect } from "./inspect";
import { outline } from "./outline";
import type { Report } from "./report";
import { writeReport } from "./report-files";

/**
 * Checks every file of a batch under `incoming/` and says all that is wrong, not just the first. Writes
 * `reports/<batch>/report.json`, `report.html` and, for the commit, `pairs.json`. A batch with a fault is
 * rejected as a whole. A run does the same in parts: `plan`, `inspectPart`, `mergeParts`.
 *
 * Throws `batch.incomplete` while the batch is still being uploaded.
 */
export const validate = verb(
  z.object({ batch: BatchId, masks: MaskPolicy.default("reject") }),
  async ({ batch, masks }, { blobs }: { blobs: Blobs }): Promise<Report> => {
    const { outline: known, groups } = await outline(batch, blobs);
    const parts = groups.length > 0 ? [await inspect(groups, await openNamed(batch, { blobs }), masks)] : [];
    return writeReport(batch, masks, merge(batch, known, parts), blobs);
  },
);
