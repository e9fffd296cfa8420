import { posix } from "node:path";
import { type Git, names } from "./git";

export interface NewPairs {
  /** Paths that are new and belong to a pair whose other half is new or there already. */
  moved: string[];
  pairs: number;
  /** New photos or masks without the other half. */
  alone: string[];
}

/**
 * What is new under the data folder between two commits.
 *
 * @param base what the remote has; undefined: nothing
 */
export async function newPairs(
  git: Git,
  base: string | undefined,
  tip: string,
  data: string,
): Promise<NewPairs> {
  const before = base ?? (await git(["mktree"])).trim(); // without input: the empty tree
  const added = names(
    await git([
      "diff-tree",
      "-r",
      "-z",
      "--no-renames",
      "--name-only",
      "--diff-filter=A",
      before,
      tip,
      "--",
      `${data}/`,
    ]),
  );
  const there = names(await git(["ls-tree", "-r", "-z", "--name-only", tip, "--", `${data}/`]));
  const halves = new Map<string, Set<string>>();
  for (const path of there) {
    const half = halfOf(path, data);
    if (half) halves.set(half.id, (halves.get(half.id) ?? new Set()).add(half.kind));
  }
  const isWhole = (path: string) => halves.get(halfOf(path, data)?.id ?? "")?.size === 2;
  const files = added.filter((path) => halfOf(path, data));
  const moved = files.filter(isWhole);
  return {
    moved,
    pairs: new Set(moved.map((path) => halfOf(path, data)?.id)).size,
    alone: files.filter((path) => !isWhole(path)),
  };
}

/** `data/images/a.jpg` and `data/masks/a.png` are the halves of `a`; so are they in deeper folders. */
function halfOf(path: string, data: string): { id: string; kind: string } | undefined {
  const [kind = "", ...rest] = posix.relative(data, path).split("/");
  if ((kind !== "images" && kind !== "masks") || rest.length === 0) return undefined;
  const name = rest.join("/");
  return { id: name.slice(0, name.length - posix.extname(name).length), kind };
}
