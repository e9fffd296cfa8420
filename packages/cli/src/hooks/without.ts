import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Git } from "./git";

/**
 * The commits between base and tip once more, without some files: authors, dates, messages and merges stay, commits
 * that held nothing else go. Only objects are written; no branch, index or file changes.
 *
 * @returns the commit that stands for the tip
 */
export async function without(
  git: Git,
  base: string | undefined,
  tip: string,
  paths: string[],
): Promise<string> {
  const range = base ? [tip, `^${base}`] : [tip];
  const lines = await git(["rev-list", "--topo-order", "--reverse", "--parents", ...range]);
  const standsFor = new Map<string, string>();
  const folder = await mkdtemp(join(tmpdir(), "sluice-index-"));
  try {
    const env = { GIT_INDEX_FILE: join(folder, "index") };
    for (const line of lines.split("\n").filter(Boolean)) {
      const [commit = "", ...parents] = line.split(" ");
      const tree = await treeWithout(git, commit, paths, env);
      const mapped = [...new Set(parents.map((parent) => standsFor.get(parent) ?? parent))];
      standsFor.set(commit, await again(git, commit, tree, parents, mapped));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return standsFor.get(tip) ?? tip;
}

async function treeWithout(
  git: Git,
  commit: string,
  paths: string[],
  env: Record<string, string>,
): Promise<string> {
  await git(["read-tree", commit], { env });
  await git(["update-index", "--force-remove", "-z", "--stdin"], {
    env,
    input: paths.map((p) => `${p}\0`).join(""),
  });
  return (await git(["write-tree"], { env })).trim();
}

const treeOf = async (git: Git, commit: string) => (await git(["rev-parse", `${commit}^{tree}`])).trim();

async function again(
  git: Git,
  commit: string,
  tree: string,
  parents: string[],
  mapped: string[],
): Promise<string> {
  const before = await treeOf(git, commit);
  const isSame = tree === before && parents.join() === mapped.join();
  if (isSame) return commit;
  const [only] = mapped;
  const hasBecomeEmpty = only && mapped.length === 1 && tree !== before && tree === (await treeOf(git, only));
  if (hasBecomeEmpty) return only;
  const format = ["%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"].join("%x00");
  const [name = "", email = "", date = "", who = "", where = "", when = "", message = ""] = (
    await git(["show", "-s", `--format=${format}`, commit])
  ).split("\0");
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: who,
    GIT_COMMITTER_EMAIL: where,
    GIT_COMMITTER_DATE: when,
  };
  const args = ["commit-tree", tree, ...mapped.flatMap((parent) => ["-p", parent]), "-F", "-"];
  return (await git(args, { env, input: `${message.trimEnd()}\n` })).trim();
}
