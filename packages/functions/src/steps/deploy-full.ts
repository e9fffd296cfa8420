import { Lease, Registry, Release } from "@sluice/core";
import type { Step } from "../step";

/** Points the release at the champion; the serving process, started if need be, follows by itself. */
export const deployFull: Step<{ url: string }, "documents" | "clock" | "serving"> = async (
  { runId },
  world,
) => {
  await Lease.assertHeld({ holder: runId }, world);
  const { champion } = await Registry.read(world);
  await Release.full({ model: champion, reason: `run ${runId}` }, world);
  return world.serving.ensure();
};
