import { Bundle, Lease, Registry, Run } from "@sluice/core";
import type { Step } from "../step";
import { judgedModel } from "./judged-model";

/**
 * Makes the challenger the champion, if the run still holds the host, its files are whole, and the champion is the one
 * it was judged against.
 */
export const promoteChampion: Step<void, "blobs" | "documents" | "clock"> = async ({ runId }, world) => {
  await Lease.assertHeld({ holder: runId }, world);
  const run = await Run.get(runId, world);
  const reason = `run ${runId} was better`;
  const number = judgedModel(run);
  await Bundle.verify({ number }, world);
  await Registry.promote({ number, judgedAgainst: run.judgedAgainst, reason }, world);
};
