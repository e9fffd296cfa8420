import { type HostStatus, Run, SluiceError } from "@sluice/core";
import * as z from "zod";
import type { Step } from "../step";

const BOOT_LIMIT_MS = 15 * 60_000;

/** Wakes the host, and says whether it takes commands yet. Throws `host.lost` when it does not come up. */
export const startHost: Step<{ status: HostStatus }, "documents" | "clock" | "host" | "settings"> = async (
  { runId },
  world,
) => {
  const status = await world.host.status();
  if (status === "ready") return { status };
  const key = `startHost-${(await Run.get(runId, world)).resumed}`;
  const asked = await Run.once(runId, key, z.number(), world, async () => ({ result: world.clock.now() }));
  if (world.clock.now() - asked > BOOT_LIMIT_MS) {
    throw new SluiceError(
      "host.lost",
      "The host did not come up within 15 minutes",
      `Look at it, then: sluice runs resume ${runId}.`,
    );
  }
  await world.host.start();
  return { status: await world.host.status() };
};
