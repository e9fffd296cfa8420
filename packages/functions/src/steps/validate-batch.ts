import { Run, Validation } from "@sluice/core";
import * as z from "zod";
import type { Step } from "../step";

const Answer = z.object({
  accepted: z.boolean(),
  pairs: z.number(),
  faults: z.number(),
  warnings: z.number(),
});

/** Checks every file of the batch; the full report lies beside it, the run carries the counts. */
export const validateBatch: Step<z.infer<typeof Answer>> = ({ runId }, world) =>
  Run.once(runId, "validateBatch", Answer, world, async () => {
    const { batch, masks } = await Run.get(runId, world);
    const report = await Validation.validate({ batch, masks }, world);
    const { accepted, pairs, faults, warnings } = report;
    return { result: { accepted, pairs, faults: faults.length, warnings: warnings.length } };
  });
