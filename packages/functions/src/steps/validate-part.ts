import { Run } from "@sluice/core";
import { inspectPart } from "@sluice/core/validation/part";
import * as z from "zod";
import { inputOf, type Step, StepInput } from "../step";

const PartInput = StepInput.extend({ part: z.number().int().nonnegative() });

/** Looks into the files of one part of the batch; what it finds lies in the bucket, the answer is small. */
export const validatePart: Step<{ faults: number }, "blobs" | "documents"> = async (input, world) => {
  const { runId, part } = inputOf(PartInput, input);
  const { batch, masks } = await Run.get(runId, world);
  return inspectPart({ batch, runId, masks, part }, world);
};
