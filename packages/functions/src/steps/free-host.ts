import { isSluiceError, Lease } from "@sluice/core";
import type { With } from "../step";

/** A run that asked within this time is still waiting for the host. */
const WAITING_MS = 120_000;
/** Stopping takes less than this. */
const STOPPING_MS = 300_000;

export type Freed = "stopped" | "held by another" | "wanted by another" | "serves always";

/**
 * Stops the host unless it is needed, and gives the lease back. The holder takes the lease first, and gives it
 * back last: nobody can take the host while it is being stopped, and one that another run holds is left alone.
 */
export async function freeHost(
  holder: string,
  world: With<"documents" | "clock" | "host" | "settings">,
): Promise<Freed> {
  const before = await Lease.current(world);
  try {
    await Lease.acquire({ holder, ttlMs: STOPPING_MS }, world);
  } catch (error) {
    if (isSluiceError(error) && error.code === "host.busy") return "held by another";
    throw error;
  }
  try {
    const wantedAt = Math.max(before?.wantedAt ?? 0, (await Lease.current(world))?.wantedAt ?? 0);
    if (world.settings.servesAlways) return "serves always";
    if (world.clock.now() - wantedAt < WAITING_MS) return "wanted by another";
    await world.host.stop();
    return "stopped";
  } finally {
    await Lease.release({ holder }, world);
  }
}
