import type { Blobs } from "../ports";
import type { MaskPolicy } from "../settings";
import type { Findings } from "./findings";
import { reportPage } from "./page";
import { keys, type Report } from "./report";
import type { ValidBatch } from "./validated";

/** Writes `report.json`, `report.html` and, of an accepted batch, `pairs.json`. */
export async function writeReport(
  batch: string,
  masks: MaskPolicy,
  { pairs, faults, warnings }: Findings,
  blobs: Blobs,
): Promise<Report> {
  const accepted = faults.length === 0;
  const report: Report = { batch, masks, pairs: pairs.length, accepted, faults, warnings };
  const valid: ValidBatch = { batch, masks, pairs };
  const to = keys(batch);
  if (accepted) await blobs.put(to.pairs, JSON.stringify(valid));
  else await blobs.remove(to.pairs);
  await blobs.put(to.page, reportPage(report));
  await blobs.put(to.report, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
