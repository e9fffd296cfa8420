import { Lease, Release } from "@sluice/core";
import type { Step } from "../step";

/** Points the release at the champion; the serving process, started if need be, follows by itself. */
export const deployFull: Step<{ url: string }, "documents" | "clock" | "serving"> = async (
  { runId },
  world,
) => {
  await Lease.assertHeld({ holder: runId }, world);
  await Release.deployChampion({ reason: `run ${runId} was better`, by: `run ${runId}` }, world);
  return world.serving.ensure();
};
