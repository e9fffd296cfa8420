import { readJson } from "../json-blob";
import { mapLimit } from "../map-limit";
import type { Blobs } from "../ports";
import { verb } from "../verb";
import { merge, PartFindings } from "./findings";
import type { Report } from "./report";
import { writeReport } from "./report-files";
import { AT_ONCE, HINT, PartRequest, Plan, workFiles } from "./work-files";

/**
 * Puts together what the parts have found, and writes the report as `validate` does.
 *
 * Throws `blob.missing` naming the part that was not looked at.
 */
export const mergeParts = verb(
  PartRequest.omit({ part: true }),
  async ({ batch, runId, masks }, { blobs }: { blobs: Blobs }): Promise<Report> => {
    const from = workFiles(runId);
    const known = await readJson(from.plan, Plan, { blobs }, HINT);
    const parts = await mapLimit(Array(known.parts).keys(), AT_ONCE, (part) =>
      readJson(from.findings(part), PartFindings, { blobs }, HINT),
    );
    return writeReport(batch, masks, merge(batch, known, parts), blobs);
  },
);
