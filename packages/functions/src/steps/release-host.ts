import type { Step } from "../step";
import { type Freed, freeHost } from "./free-host";

type Ports = "documents" | "clock" | "host" | "settings";

/**
 * Stops the host, unless another run waits for it or the stage serves always, and gives the lease back. A run that
 * lost its lease leaves the host alone.
 */
export const releaseHost: Step<{ host: Freed }, Ports> = async ({ runId }, world) => ({
  host: await freeHost(runId, world),
});
