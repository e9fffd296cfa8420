import { Dataset, Run } from "@sluice/core";
import { z } from "zod";
import type { Step } from "../step";

const Answer = z.object({ outcome: z.enum(["committed", "unchanged"]), version: z.string() });

/** Merges the batch into the dataset. A batch that brings nothing new ends the run here. */
export const commitDataset: Step<z.infer<typeof Answer>> = async ({ runId }, world) => {
  const answer = await Run.once(runId, "commitDataset", Answer, world, async () => {
    const { batch } = await Run.get(runId, world);
    const { outcome, version } = await Dataset.commit({ batch, runId }, world);
    return { result: { outcome, version }, facts: { datasetVersion: version } };
  });
  if (answer.outcome === "unchanged") {
    await Run.end(runId, "unchanged", "The batch holds nothing that the dataset has not", world);
  }
  return answer;
};
