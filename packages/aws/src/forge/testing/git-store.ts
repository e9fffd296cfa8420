import { createHash } from "node:crypto";

interface Entry {
  mode: string;
  sha: string;
}
export interface Commit {
  tree: string;
  parents: string[];
  message: string;
}
/** A whole tree, flat: path → blob. */
export type Files = Map<string, Entry>;

const sha1 = (type: string, body: Buffer) =>
  createHash("sha1").update(`${type} ${body.length}\0`).update(body).digest("hex");

/** Git's objects in memory, named as git names them. */
export function gitStore() {
  const blobs = new Map<string, Buffer>();
  const trees = new Map<string, Files>();
  const commits = new Map<string, Commit>();

  function writeBlob(body: Buffer): string {
    const sha = sha1("blob", body);
    blobs.set(sha, body);
    return sha;
  }

  function writeTree(files: Files): string {
    const entries = new Map<string, Entry>();
    const folders = new Map<string, Files>();
    for (const [path, entry] of files) {
      const [name = "", ...rest] = path.split("/");
      if (rest.length === 0) entries.set(name, entry);
      else folders.set(name, (folders.get(name) ?? new Map()).set(rest.join("/"), entry));
    }
    for (const [name, inside] of folders) entries.set(name, { mode: "40000", sha: writeTree(inside) });
    const order = (name: string) => (folders.has(name) ? `${name}/` : name);
    const sorted = [...entries].sort(([a], [b]) =>
      Buffer.compare(Buffer.from(order(a)), Buffer.from(order(b))),
    );
    const lines = sorted.flatMap(([name, { mode, sha }]) => [
      Buffer.from(`${mode} ${name}\0`),
      Buffer.from(sha, "hex"),
    ]);
    const sha = sha1("tree", Buffer.concat(lines));
    trees.set(sha, files);
    return sha;
  }

  function writeCommit(commit: Commit): string {
    const who = `sluice[bot] <bot@users.noreply.github.com> ${Math.floor(Date.now() / 1000)} +0000`;
    const lines = [
      `tree ${commit.tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${who}`,
      `committer ${who}`,
      "",
      commit.message,
    ];
    const sha = sha1("commit", Buffer.from(lines.join("\n")));
    commits.set(sha, commit);
    return sha;
  }

  const filesOf = (commit: string): Files => new Map(trees.get(commits.get(commit)?.tree ?? "") ?? []);

  /** A commit and all before it, the nearest first. */
  function history(sha: string): string[] {
    const seen = new Set([sha]);
    for (const next of seen) for (const parent of commits.get(next)?.parents ?? []) seen.add(parent);
    return [...seen];
  }

  /** The files of a three-way merge, or undefined where both sides changed a file differently. */
  function merged(ours: string, theirs: string): Files | undefined {
    const before = new Set(history(ours));
    const base = filesOf(history(theirs).find((sha) => before.has(sha)) ?? "");
    const [a, b] = [filesOf(ours), filesOf(theirs)];
    const result: Files = new Map();
    for (const path of new Set([...a.keys(), ...b.keys()])) {
      const [mine, yours, old] = [a.get(path), b.get(path), base.get(path)];
      if (mine?.sha !== yours?.sha && mine?.sha !== old?.sha && yours?.sha !== old?.sha) return undefined;
      const kept = mine?.sha === old?.sha ? yours : mine;
      if (kept) result.set(path, kept);
    }
    return result;
  }

  return {
    writeBlob,
    writeTree,
    writeCommit,
    filesOf,
    history,
    merged,
    blob: (sha: string) => blobs.get(sha),
    tree: (sha: string) => trees.get(sha),
    commit: (sha: string) => commits.get(sha),
  };
}
export type GitStore = ReturnType<typeof gitStore>;
