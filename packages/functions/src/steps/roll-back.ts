import { Registry, Release, Run } from "@sluice/core";
import * as z from "zod";
import type { Step } from "../step";
import { judgedModel } from "./judged-model";

/** Puts back what served before, and says why. */
export const rollBack: Step<void, "documents" | "clock"> = async ({ runId }, world) => {
  const run = await Run.get(runId, world);
  const smoke = z.object({ reason: z.string() }).safeParse(run.steps.smokeTest);
  const reason = smoke.success ? smoke.data.reason : "the release did not hold";
  await Registry.demote({ number: judgedModel(run), to: run.judgedAgainst, reason }, world);
  const { champion } = await Registry.read(world);
  await Release.full({ model: champion, reason: `rolled back: ${reason}` }, world);
  await Run.end(runId, "rolled_back", reason, world);
};
