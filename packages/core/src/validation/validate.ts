import * as z from "zod";
import { BatchId } from "../ids";
import type { Blobs } from "../ports";
import { MaskPolicy } from "../settings";
import { verb } from "../verb";
import { inspectBatch } from "./inspect";
import { reportPage } from "./page";
import { keys, type Report } from "./report";
import type { ValidBatch } from "./validated";

/**
 * Checks every file of a batch under `incoming/` and says all that is wrong, not just the first. Writes
 * `reports/<batch>/report.json`, `report.html` and, for the commit, `pairs.json`. A batch with a fault is
 * rejected as a whole.
 *
 * Throws `batch.incomplete` while the batch is still being uploaded.
 */
export const validate = verb(
  z.object({ batch: BatchId, masks: MaskPolicy.default("reject") }),
  async ({ batch, masks }, { blobs }: { blobs: Blobs }): Promise<Report> => {
    const { pairs, faults, warnings } = await inspectBatch(batch, masks, blobs);
    const accepted = faults.length === 0;
    const report: Report = { batch, masks, pairs: pairs.length, accepted, faults, warnings };
    const valid: ValidBatch = { batch, masks, pairs };
    const to = keys(batch);
    if (accepted) await blobs.put(to.pairs, JSON.stringify(valid));
    else await blobs.remove(to.pairs);
    await blobs.put(to.page, reportPage(report));
    await blobs.put(to.report, `${JSON.stringify(report, null, 2)}\n`);
    return report;
  },
);
