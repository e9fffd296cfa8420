import { spawnSync } from "node:child_process";

/**
 * Whether a program that a test needs is there. Where it is not, the test is skipped, which is told in a loud line; with
 * SLUICE_REQUIRE_TOOLS, as in .ci/run, it throws instead.
 *
 * @param aptPackage what Debian has it in; absent, it is in none, and nothing is required
 */
export function needs(program: string, aptPackage?: string): boolean {
  if (spawnSync("sh", ["-c", `command -v ${program}`]).status === 0) return true;
  if (process.env.SLUICE_REQUIRE_TOOLS && aptPackage)
    throw new Error(`${program} is missing: apt-get install ${aptPackage}`);
  console.error(
    `######## SKIPPED: no ${program}${aptPackage ? `; apt-get install ${aptPackage}` : ""} ########`,
  );
  return false;
}
