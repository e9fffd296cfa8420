import { Lease } from "@sluice/core";
import type { Step } from "../step";

/** A run that asked within this time is still waiting for the host. */
const WAITING_MS = 120_000;

/**
 * Stops the host, unless another run waits for it or the stage serves always, and gives the lease back. In this
 * order: nobody can take the host while it is being stopped. A run that lost its lease leaves the host alone.
 */
export const releaseHost: Step<{ stopped: boolean }> = async ({ runId }, world) => {
  const lease = await Lease.current(world);
  const now = world.clock.now();
  const isMine =
    lease === undefined || lease.holder === runId || lease.holder === null || lease.expiresAt <= now;
  const isWanted = lease !== undefined && now - lease.wantedAt < WAITING_MS;
  const stopped = isMine && !isWanted && !world.settings.servesAlways;
  if (stopped) await world.host.stop();
  await Lease.release({ holder: runId }, world);
  return { stopped };
};
