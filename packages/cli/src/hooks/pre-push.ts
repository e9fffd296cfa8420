import { asked, type Git } from "./git";
import { newPairs } from "./new-pairs";
import { without } from "./without";

export interface PushedRef {
  local: string;
  sha: string;
  remote: string;
  remoteSha: string;
}
export interface PrePush {
  /** The remote's name, or its address. */
  remote: string;
  refs: PushedRef[];
  /** The folder of photos and masks, from the repository's root. */
  data: string;
  /** The branch that is to stay without new pairs. */
  main: string;
  now: Date;
}
/** `goesOn`: git pushes what it was asked to. `replaced`: another push was made in its place, and done. */
export type Outcome =
  | { kind: "goesOn"; alone: string[] }
  | {
      kind: "replaced";
      branch: string;
      pairs: number;
      files: number;
      alone: string[];
      localIsBehind: boolean;
    };

const NONE = /^0+$/;

/** What git tells a pre-push hook on its input. */
export const refsOf = (input: string): PushedRef[] =>
  input
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" "))
    .map(([local = "", sha = "", remote = "", remoteSha = ""]) => ({ local, sha, remote, remoteSha }));

/**
 * A push to main with new pairs becomes one push of two branches: `data/<time>` with everything, and main with
 * everything but the pairs. It is atomic: where it fails, nothing has changed on either side. Afterwards the files
 * are still in the folder, and git no longer follows them on this branch.
 *
 * Throws what git says where it cannot be done: then nothing was done.
 */
export async function prePush(git: Git, { remote, refs, data, main, now }: PrePush): Promise<Outcome> {
  const pushed = refs.find((ref) => ref.remote === `refs/heads/${main}`);
  if (!pushed || NONE.test(pushed.sha)) return { kind: "goesOn", alone: [] };
  const { sha: tip, remoteSha } = pushed;
  const base = NONE.test(remoteSha) ? undefined : remoteSha;
  // Not fetched yet: git itself refuses such a push.
  if (base && !(await asked(git, ["rev-parse", "--verify", "--quiet", `${base}^{commit}`]))) {
    return { kind: "goesOn", alone: [] };
  }
  const { moved, pairs, alone } = await newPairs(git, base, tip, data);
  if (moved.length === 0) return { kind: "goesOn", alone };

  const branch = `data/${now
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "-")}`;
  const rest = await without(git, base, tip, moved);
  const tree = (await git(["rev-parse", `${tip}^{tree}`])).trim();
  const message = `${pairs} new ${pairs === 1 ? "pair" : "pairs"} of photo and mask\n`;
  const withPairs = (await git(["commit-tree", tree, "-p", rest, "-F", "-"], { input: message })).trim();
  const others = refs.filter((ref) => ref !== pushed);
  await git([
    "push",
    "--no-verify",
    "--atomic",
    "--quiet",
    remote,
    `${withPairs}:refs/heads/${branch}`,
    `${rest}:${pushed.remote}`,
    ...others.map(({ sha, remote: ref }) => `${NONE.test(sha) ? "" : sha}:${ref}`),
  ]);
  const localIsBehind = !(await followLocally(git, pushed, rest, moved).catch(() => false));
  return { kind: "replaced", branch, pairs, files: moved.length, alone, localIsBehind };
}

/** The local branch goes where main is now. @returns false where what was pushed is no branch here */
async function followLocally(
  git: Git,
  { local, sha }: PushedRef,
  rest: string,
  moved: string[],
): Promise<boolean> {
  const head = await asked(git, ["symbolic-ref", "--quiet", "HEAD"]);
  const branch = local === "HEAD" ? head : local;
  if (!branch?.startsWith("refs/heads/")) return false;
  await git(["update-ref", "-m", "sluice: new pairs moved to their branch", branch, rest, sha]);
  if (branch === head) {
    const input = moved.map((path) => `${path}\0`).join("");
    await git(["update-index", "--force-remove", "-z", "--stdin"], { input });
  }
  return true;
}
