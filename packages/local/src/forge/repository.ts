import fs from "node:fs";
import { join } from "node:path";
import type { Clock } from "@sluice/core";
import { replaceFile } from "../files/write";

/** Files that are whole or not there, also after a kill: git itself would keep half an object for ever. */
const atomicFs = (root: string) => ({
  promises: {
    ...fs.promises,
    writeFile: (path: string, body: Uint8Array | string) => replaceFile(root, path, body),
  },
});

/** Loaded when a forge is first used: programs on the host never do. */
const load = () => import("isomorphic-git");
export type Git = Awaited<ReturnType<typeof load>>;

type Body = string | Uint8Array;
type Files = Record<string, Body>;
type Repo = { fs: ReturnType<typeof atomicFs>; gitdir: string };

const MAIN = "main";
const README = "What Sluice's runs have proposed and merged: the champion's pointer and its dataset's.\n";

/**
 * What the bare repository `forge.git` in a folder can do, with no git program: commits on branches, and clean
 * merges. It is made if it is not there.
 */
export async function openRepository(dir: string, clock: Clock) {
  const git = await load();
  const repo: Repo = { fs: atomicFs(dir), gitdir: join(dir, "forge.git") };
  const author = () => ({
    name: "Sluice",
    email: "sluice@localhost",
    timestamp: Math.floor(clock.now() / 1000),
    timezoneOffset: 0,
  });
  const head = (branch: string): Promise<string | undefined> =>
    git.resolveRef({ ...repo, ref: `refs/heads/${branch}` }).catch((error: unknown) => {
      if (error instanceof git.Errors.NotFoundError) return undefined;
      throw error;
    });

  async function commit(branch: string, message: string, files: Files): Promise<string> {
    const parent = await head(MAIN);
    const base = parent && (await git.readCommit({ ...repo, oid: parent })).commit.tree;
    const tree = await writeTree(git, repo, base || undefined, new Map(Object.entries(files)));
    return git.commit({
      ...repo,
      ref: `refs/heads/${branch}`,
      message,
      tree,
      parent: parent ? [parent] : [],
      author: author(),
    });
  }

  await git.init({ ...repo, bare: true, defaultBranch: MAIN });
  if (!(await head(MAIN))) await commit(MAIN, "The forge is opened", { "README.md": README });

  return {
    head,
    commit,
    /** The commit on main that merged this one. */
    async mergeOf(theirs: string): Promise<string | undefined> {
      const commits = await git.log({ ...repo, ref: MAIN });
      return commits.find(({ commit }) => commit.parent[1] === theirs)?.oid;
    },
    /** A merge commit on main, or undefined where the two conflict. */
    async merge(branch: string, message: string): Promise<string | undefined> {
      try {
        const merged = await git.merge({
          ...repo,
          ours: MAIN,
          theirs: branch,
          fastForward: false,
          message,
          author: author(),
        });
        return merged.oid;
      } catch (error) {
        if (error instanceof git.Errors.MergeConflictError) return undefined;
        throw error;
      }
    },
  };
}
export type Repository = Awaited<ReturnType<typeof openRepository>>;

/** A tree with the files put over those of a base tree; returns its id. */
async function writeTree(
  git: Git,
  repo: Repo,
  base: string | undefined,
  files: Map<string, Body>,
): Promise<string> {
  const entries = new Map(
    base ? (await git.readTree({ ...repo, oid: base })).tree.map((entry) => [entry.path, entry]) : [],
  );
  const folders = new Map<string, Map<string, Body>>();
  for (const [path, body] of files) {
    const [name = "", ...rest] = path.split("/");
    if (rest.length > 0) {
      folders.set(name, (folders.get(name) ?? new Map()).set(rest.join("/"), body));
    } else {
      const oid = await git.writeBlob({ ...repo, blob: typeof body === "string" ? Buffer.from(body) : body });
      entries.set(name, { mode: "100644", path: name, oid, type: "blob" });
    }
  }
  for (const [name, inside] of folders) {
    const below = entries.get(name);
    const oid = await writeTree(git, repo, below?.type === "tree" ? below.oid : undefined, inside);
    entries.set(name, { mode: "040000", path: name, oid, type: "tree" });
  }
  return git.writeTree({ ...repo, tree: [...entries.values()] });
}
