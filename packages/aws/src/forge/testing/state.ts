import { type GitStore, gitStore } from "./git-store";

export interface Comment {
  id: number;
  commit: string;
  body: string;
}
export interface Pull {
  number: number;
  branch: string;
  base: string;
  title: string;
  body: string;
  state: "open" | "closed";
  mergeCommit: string | null;
  autoMerge: "merge" | "squash" | "rebase" | null;
  /** Of which heads GitHub has worked out whether they merge; it does so after it is first asked. */
  computedFor: string | null;
}
/** The next requests that fit go wrong. */
export interface Fault {
  method: string;
  path: RegExp;
  /** 0: the connection breaks. */
  status: number;
  message?: string;
  headers?: Record<string, string>;
  /** 1, if not said. */
  times?: number;
  /** It was done, and only the answer is lost. */
  isDone?: boolean;
}

/** What GitHub knows about one repository and one App; a test may change it between requests. */
export function newState() {
  const git: GitStore = gitStore();
  const readme = git.writeBlob(Buffer.from("A repository.\n"));
  const tree = git.writeTree(new Map([["README.md", { mode: "100644", sha: readme }]]));
  const first = git.writeCommit({ tree, parents: [], message: "First" });
  return {
    git,
    refs: new Map([["refs/heads/main", first]]),
    comments: [] as Comment[],
    pulls: [] as Pull[],
    nextId: 1,
    /** What the App may do here. */
    permissions: { contents: "write", pull_requests: "write", metadata: "read" } as Record<string, string>,
    isSuspended: false,
    /** The repository's settings. */
    allowAutoMerge: true,
    allowMergeCommit: true,
    /** Checks that main asks for, and whether they are still running. */
    requiredChecks: [] as string[],
    areChecksPending: true,
    faults: [] as Fault[],
    /** `POST /repos/owner/repo/pulls`, as they came. */
    requests: [] as string[],
    /** Requests and answers that do not fit GitHub's description. Must stay empty. */
    violations: [] as string[],
  };
}
export type State = ReturnType<typeof newState>;

export const headOf = (state: State, branch: string): string | undefined =>
  state.refs.get(`refs/heads/${branch}`);

/** The text of a file on a branch. */
export function fileOn(state: State, branch: string, path: string): Buffer | undefined {
  const sha = state.git.filesOf(headOf(state, branch) ?? "").get(path)?.sha;
  return sha === undefined ? undefined : state.git.blob(sha);
}

const isBlocked = (state: State) => state.requiredChecks.length > 0 && state.areChecksPending;
const fits = (state: State, pull: Pull) =>
  state.git.merged(headOf(state, pull.base) ?? "", headOf(state, pull.branch) ?? "");

/** GitHub's `mergeable_state`. */
export function mergeState(state: State, pull: Pull): "unknown" | "dirty" | "blocked" | "clean" {
  if (pull.computedFor !== heads(state, pull)) return "unknown";
  if (!fits(state, pull)) return "dirty";
  return isBlocked(state) ? "blocked" : "clean";
}
export const heads = (state: State, pull: Pull) =>
  `${headOf(state, pull.base)} ${headOf(state, pull.branch)}`;

/** Merges it, or undefined where it conflicts. */
export function merge(state: State, pull: Pull): string | undefined {
  const files = fits(state, pull);
  if (!files) return undefined;
  const parents = [headOf(state, pull.base) ?? "", headOf(state, pull.branch) ?? ""];
  const message = `Merge pull request #${pull.number} from ${pull.branch}\n\n${pull.title}`;
  const commit = state.git.writeCommit({ tree: state.git.writeTree(files), parents, message });
  state.refs.set(`refs/heads/${pull.base}`, commit);
  Object.assign(pull, { state: "closed", mergeCommit: commit });
  return commit;
}

/** The checks turn green: what waits for them by auto-merge is merged. */
export function completeChecks(state: State): void {
  state.areChecksPending = false;
  for (const pull of state.pulls) if (pull.state === "open" && pull.autoMerge) merge(state, pull);
}
