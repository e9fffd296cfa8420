import { Run } from "@sluice/core";
import { mergeParts } from "@sluice/core/validation/merge";
import * as z from "zod";
import type { Step } from "../step";

const Answer = z.object({
  accepted: z.boolean(),
  pairs: z.number(),
  faults: z.number(),
  warnings: z.number(),
});

/** Puts together what the parts have found; the full report lies beside the batch, the run carries the counts. */
export const validateBatch: Step<z.infer<typeof Answer>, "blobs" | "documents" | "clock"> = (
  { runId },
  world,
) =>
  Run.once(runId, "validateBatch", Answer, world, async () => {
    const { batch, masks } = await Run.get(runId, world);
    const { accepted, pairs, faults, warnings } = await mergeParts({ batch, runId, masks }, world);
    return { result: { accepted, pairs, faults: faults.length, warnings: warnings.length } };
  });
