import { spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/sluice.mjs", import.meta.url));

/** Where the process that carries a detached run writes. */
export const detachedLog = (home: string, runId: string) => join(home, "executions", runId, "detached.log");

/** Has another process carry the run, which outlives this one. */
export function carryDetached(home: string, runId: string): { log: string } {
  const log = detachedLog(home, runId);
  mkdirSync(join(home, "executions", runId), { recursive: true });
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [BIN, "runs", "resume", runId, "--home", home], {
    detached: true,
    stdio: ["ignore", output, output],
  });
  child.unref();
  return { log };
}
