import { Dataset, Run } from "@sluice/core";
import * as z from "zod";
import type { Step } from "../step";

const Answer = z.object({ outcome: z.enum(["committed", "unchanged"]), version: z.string() });
type Answer = z.infer<typeof Answer>;

/**
 * Merges the batch into the dataset. A batch that brings nothing new ends the run here, unless no run has yet judged
 * a model of the dataset as it is: then this one trains on it.
 */
export const commitDataset: Step<Answer, "blobs" | "documents" | "clock"> = async ({ runId }, world) => {
  const answer = await Run.once(runId, "commitDataset", Answer, world, async () => {
    const { batch } = await Run.get(runId, world);
    const { outcome: merged, version } = await Dataset.commit({ batch, runId }, world);
    const isDone = merged === "unchanged" && (await Run.isJudged(version, world));
    const answer: Answer = { outcome: isDone ? "unchanged" : "committed", version };
    return { result: answer, facts: { datasetVersion: version } };
  });
  if (answer.outcome === "unchanged") {
    await Run.end(runId, "unchanged", "The batch holds nothing that the dataset has not", world);
  }
  return answer;
};
