import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder of the running test, gone after it. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-host-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; failing is an answer, too. */
export const run = (file: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(file, args, { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? (typeof error.code === "number" ? error.code : 127) : 0, stdout, stderr }),
    );
  });

/**
 * Whether a checking tool is on this machine. Where SLUICE_REQUIRE_TOOLS is 1, a missing one is a failure and not a
 * test that is left out.
 */
export function hasTool(name: string): boolean {
  const isThere = spawnSync(name, ["--version"]).error === undefined;
  if (!isThere && process.env.SLUICE_REQUIRE_TOOLS === "1")
    throw new Error(`${name} is not installed, and SLUICE_REQUIRE_TOOLS=1 asks for it`);
  return isThere;
}
