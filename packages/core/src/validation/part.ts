import * as z from "zod";
import { openNamed } from "../batch/open";
import { readJson } from "../json-blob";
import type { Blobs } from "../ports";
import { verb } from "../verb";
import { Group, PartFindings } from "./findings";
import { inspect } from "./inspect";
import { HINT, PartRequest, workFiles } from "./work-files";

/**
 * Looks into the files of one part, once; the rest of the batch is not read.
 *
 * Throws `blob.missing` before the plan.
 */
export const inspectPart = verb(
  PartRequest,
  async ({ batch, runId, masks, part }, { blobs }: { blobs: Blobs }): Promise<{ faults: number }> => {
    const own = workFiles(runId);
    if (!(await blobs.has(own.findings(part)))) {
      const groups = await readJson(own.names(part), z.array(Group), { blobs }, HINT);
      // An empty part is that of a batch without photos, or of a zip that is none.
      const files = groups.length > 0 ? await openNamed(batch, { blobs }) : { read: blobs.get };
      await blobs.put(own.findings(part), JSON.stringify(await inspect(groups, files, masks)));
    }
    const { faults, mismatches } = await readJson(own.findings(part), PartFindings, { blobs }, HINT);
    return { faults: faults.length + mismatches.length };
  },
);
