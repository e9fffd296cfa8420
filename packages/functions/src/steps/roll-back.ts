import { Registry, Release, Run } from "@sluice/core";
import * as z from "zod";
import type { Step } from "../step";
import { judgedModel } from "./judged-model";
import { verdictOf } from "./watched";

/** Puts back what served before, and says why. A canary was never champion: it is filed, and nothing else changes. */
export const rollBack: Step<void, "documents" | "clock"> = async ({ runId }, world) => {
  const run = await Run.get(runId, world);
  const number = judgedModel(run);
  const reason = reasonOf(run);
  const release = { reason: `rolled back: ${reason}`, by: `run ${runId}` };
  await Release.withdraw({ model: number, ...release }, world);
  if ((await Registry.read(world)).champion === number) {
    await Registry.demote({ number, to: run.judgedAgainst, reason }, world);
    await Release.deployChampion(release, world);
  }
  await Registry.archiveChallenger({ number }, world);
  await Run.end(runId, "rolled_back", reason, world);
};

function reasonOf(run: Run.Info): string {
  const smoke = z.object({ good: z.boolean(), reason: z.string() }).safeParse(run.steps.smokeTest).data;
  if (smoke && !smoke.good) return smoke.reason;
  const canary = verdictOf(run);
  if (canary) return `the canary was ${canary.verdict}: ${canary.reasons.join("; ")}`;
  return "the release did not hold";
}
