import { SluiceError } from "@sluice/core/errors";

const DEFAULT_PORT = 4380;

/** The first port to try for the serving process: SLUICE_SERVING_PORT, or 4380. Throws `usage.invalid`. */
export function servingPort(env: NodeJS.ProcessEnv = process.env): number {
  const port = Number(env.SLUICE_SERVING_PORT || DEFAULT_PORT);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SluiceError(
    "usage.invalid",
    `SLUICE_SERVING_PORT is ${env.SLUICE_SERVING_PORT}, which is no port`,
    "Set a number from 1 to 65535.",
  );
}
