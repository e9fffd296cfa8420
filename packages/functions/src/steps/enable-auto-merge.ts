import { Run } from "@sluice/core";
import * as z from "zod";
import type { Step } from "../step";

/** Lets the pull request merge when the forge's rules allow, and ends the run. */
export const enableAutoMerge: Step<void, "documents" | "clock" | "forge"> = async ({ runId }, world) => {
  const run = await Run.get(runId, world);
  const { number } = z.object({ number: z.number() }).parse(run.steps.openPullRequest);
  const merge = await world.forge.autoMerge({ number });
  await Run.record(runId, "enableAutoMerge", merge, world);
  const against =
    run.judgedAgainst === null ? "the first champion" : `better than model ${run.judgedAgainst}`;
  await Run.end(runId, "promoted", `Model ${run.model} is ${against}`, world);
};
