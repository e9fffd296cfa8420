import { isSluiceError, Lease, Run } from "@sluice/core";
import { head as datasetHead } from "@sluice/core/dataset/history";
import type { Step } from "../step";

type Answer = { state: "held" | "busy" | "superseded" };

/** Takes the host's lease; while another run has it, a newer dataset makes this run needless. */
export const acquireHost: Step<Answer, "documents" | "clock" | "settings"> = async ({ runId }, world) => {
  const ttlMs = world.settings.leaseSeconds * 1_000;
  try {
    await Lease.acquire({ holder: runId, ttlMs }, world);
    return { state: "held" };
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "host.busy") throw error;
  }
  const [run, head] = await Promise.all([Run.get(runId, world), datasetHead(world)]);
  if (!head || head.version === run.datasetVersion) {
    await Lease.want({ holder: runId }, world);
    return { state: "busy" };
  }
  await Run.end(runId, "superseded", "A newer dataset holds this batch too; its run trains on both", world);
  return { state: "superseded" };
};
