import { Lease } from "@sluice/core";
import type { Step } from "../step";

type Ports = "documents" | "clock" | "serving" | "settings";
type Answer = { state: "rolling out" | "there" };

/**
 * Sees to it that the server of this code version is up before a model is released to it. It looks and prolongs the
 * lease; asked again until it is there. Throws `serving.unreachable` where it could not be brought there.
 */
export const rollOut: Step<Answer, Ports> = async ({ runId }, world) => {
  await Lease.acquire({ holder: runId, ttlMs: world.settings.leaseSeconds * 1_000 }, world);
  const { pending } = await world.serving.ensure();
  return { state: pending ? "rolling out" : "there" };
};
