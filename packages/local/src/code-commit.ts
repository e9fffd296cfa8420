import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const read = (...path: string[]): string | undefined => {
  try {
    return readFileSync(join(...path), "utf8").trim();
  } catch {
    return undefined;
  }
};

/** The commit that is checked out in a folder, read from `.git` without the git program; or "unknown". */
export function codeCommit(folder: string): string {
  const pointer = read(folder, ".git"); // a file in worktrees and submodules
  const gitDir = resolve(folder, pointer?.replace(/^gitdir: /, "") ?? ".git");
  const commonDir = resolve(gitDir, read(gitDir, "commondir") ?? ".");
  const head = read(gitDir, "HEAD");
  if (head === undefined) return "unknown";
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  const commit = ref === undefined ? head : (read(commonDir, ref) ?? packed(commonDir, ref));
  return commit !== undefined && COMMIT.test(commit) ? commit : "unknown";
}

/** Lines are `<commit> <ref>`. */
function packed(commonDir: string, ref: string): string | undefined {
  const lines = read(commonDir, "packed-refs")?.split("\n") ?? [];
  return lines.find((line) => line.endsWith(` ${ref}`))?.split(" ")[0];
}
