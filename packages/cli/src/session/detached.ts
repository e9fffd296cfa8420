import { spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { carrierOf, setCarrier } from "@sluice/local/runner/carrier";

const BIN = fileURLToPath(new URL("../../bin/sluice.mjs", import.meta.url));

/** Where the process that carries a detached run writes. */
const detachedLog = (home: string, runId: string) => join(home, "executions", runId, "detached.log");

/**
 * Has another process carry the run, which outlives this one and waits until the home is free. A run that a
 * process has already is left to it.
 */
export async function carryDetached(home: string, runId: string): Promise<{ log: string }> {
  const log = detachedLog(home, runId);
  if (await carrierOf(home, runId)) return { log };
  mkdirSync(join(home, "executions", runId), { recursive: true });
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [BIN, "runs", "resume", runId, "--wait", "--home", home], {
    detached: true,
    stdio: ["ignore", output, output],
  });
  child.unref();
  if (child.pid !== undefined) await setCarrier(home, runId, "waiting", child.pid);
  return { log };
}
