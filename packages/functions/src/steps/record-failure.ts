import { Run } from "@sluice/core";
import * as z from "zod";
import { Failure } from "../failure";
import type { Step } from "../step";

/** Ends the run as failed, with the error a person can act on. */
export const recordFailure: Step<void, "documents" | "clock"> = async (input, world) => {
  const { runId, failure } = z.object({ runId: z.string(), failure: Failure }).parse(input);
  await Run.end(runId, "failed", failure.message, world, { error: failure });
};
