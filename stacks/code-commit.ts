import { execFileSync } from "node:child_process";
import { useProject } from "sst/project.js";

/** The commit that is deployed, for lineage: what the workflow says, else what is checked out here. */
export function codeCommit(env: Record<string, string | undefined> = process.env): string {
  const given = env.SLUICE_CODE_COMMIT ?? env.GITHUB_SHA;
  if (given) return given;
  try {
    const options = { cwd: useProject().paths.root, encoding: "utf8", stdio: "pipe" } as const;
    return execFileSync("git", ["rev-parse", "HEAD"], options).trim();
  } catch {
    return "unknown"; // no git, or no repository: a source archive
  }
}
