import * as z from "zod";
import { BatchId, RunId } from "../ids";
import { MaskPolicy } from "../settings";
import { Outline } from "./findings";

export const HINT = "Push the batch again: it is validated anew.";
/** Small files read or written at once. */
export const AT_ONCE = 16;

/** What is known of a run's batch by its names, and into how many parts it is divided. */
export const Plan = Outline.extend({ parts: z.number().int().positive() });

export const PartRequest = z.object({
  batch: BatchId,
  runId: RunId,
  masks: MaskPolicy,
  part: z.number().int().nonnegative(),
});

/** The working files of a run's validation: not under `jobs/`, where the host may write. */
export function workFiles(runId: string) {
  const prefix = `validation/${runId}/`;
  const file = (folder: string, part: number) => `${prefix}${folder}/${String(part).padStart(5, "0")}.json`;
  return {
    plan: `${prefix}plan.json`,
    names: (part: number) => file("names", part),
    findings: (part: number) => file("findings", part),
  };
}
