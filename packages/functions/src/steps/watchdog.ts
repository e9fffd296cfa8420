import { type HostStatus, Lease } from "@sluice/core";
import type { With } from "../step";
import { type Freed, freeHost } from "./free-host";

export interface Watched {
  host: HostStatus;
  /** Undefined: there was nothing to do. */
  freed?: Freed;
  /** It runs, and nobody may use it: what an alarm hears of. */
  isWithoutLease: boolean;
}

/**
 * Looks whether the host runs for nobody, and stops it then. It takes the lease itself for that, so a run that
 * has just acquired the host keeps it, and one that asks in between waits until the host is stopped.
 */
export async function watchdog(
  _event: unknown,
  world: With<"documents" | "clock" | "host" | "settings">,
): Promise<Watched> {
  const host = await world.host.status();
  const isUp = host === "ready" || host === "starting";
  if (!isUp || world.settings.servesAlways) return { host, isWithoutLease: false };
  const lease = await Lease.current(world);
  const isHeld = lease !== undefined && lease.holder !== null && lease.expiresAt > world.clock.now();
  if (isHeld) return { host, isWithoutLease: false };
  const freed = await freeHost("watchdog", world);
  return { host, freed, isWithoutLease: freed === "stopped" };
}
