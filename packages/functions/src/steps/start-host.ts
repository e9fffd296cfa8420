import { type HostStatus, isSluiceError, Lease, Run, SluiceError } from "@sluice/core";
import * as z from "zod";
import type { Step } from "../step";
import { hostAskedKey } from "./host-asked";

const BOOT_LIMIT_MS = 15 * 60_000;
type Ports = "documents" | "clock" | "host" | "settings";

/**
 * Wakes the host, prolongs the lease, and says whether it takes commands yet. Asked again until it does. Throws
 * `host.lost` when it does not come up, `host.no_capacity` when there is none for so long, `host.busy`.
 */
export const startHost: Step<{ status: HostStatus }, Ports> = async ({ runId }, world) => {
  await Lease.acquire({ holder: runId, ttlMs: world.settings.leaseSeconds * 1_000 }, world);
  const asked = await Run.once(
    runId,
    hostAskedKey(await Run.get(runId, world)),
    z.number(),
    world,
    async () => ({ result: world.clock.now() }),
  );
  const status = await world.host.status();
  if (status === "ready") return { status };
  const isOverdue = world.clock.now() - asked > BOOT_LIMIT_MS;
  try {
    await world.host.start();
  } catch (error) {
    const isFull = isSluiceError(error) && error.code === "host.no_capacity";
    if (!isFull || isOverdue) throw error;
    return { status: "stopped" }; // capacity comes and goes within minutes
  }
  if (isOverdue) throw neverUp(runId);
  return { status: await world.host.status() };
};

const neverUp = (runId: string) =>
  new SluiceError(
    "host.lost",
    "The host did not come up within 15 minutes",
    `Look at it, then: sluice runs resume ${runId}.`,
  );
