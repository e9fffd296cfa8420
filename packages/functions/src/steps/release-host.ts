import { Run } from "@sluice/core";
import * as z from "zod";
import type { Step, With } from "../step";
import { type Freed, freeHost } from "./free-host";
import { hostAskedKey } from "./host-asked";
import { takeBackCanary } from "./watched";

type Ports = "documents" | "clock" | "host" | "settings";
/** Null: the run did not get as far as the host. */
type Answer = { host: Freed; hostCostUsd: number | null };

/**
 * Takes back a canary that is still out, stops the host, unless another run waits for it or the stage serves always, and gives the lease back. A run that
 * lost its lease leaves the host alone.
 */
export const releaseHost: Step<Answer, Ports> = async ({ runId }, world) => {
  await takeBackCanary(runId, world);
  const host = await freeHost(runId, world);
  return { host, hostCostUsd: await costOf(runId, world) };
};

/** What the host cost from when the run asked for it until now. */
async function costOf(
  runId: string,
  world: With<"documents" | "clock" | "settings">,
): Promise<number | null> {
  const run = await Run.get(runId, world);
  const asked = z.number().safeParse(run.steps[hostAskedKey(run)]);
  if (!asked.success) return null;
  return ((world.clock.now() - asked.data) / 3_600_000) * world.settings.hostUsdPerHour;
}
