import type { Description } from "./description";
import type { Files, GitStore } from "./git-store";
import { type Comment, headOf, mergeState, type Pull, type State } from "./state";

/** Answers as GitHub gives them: its own published examples with what differs put in. */
export function shapes({ example }: Description, { owner, repo }: { owner: string; repo: string }) {
  const api = (path: string) => `https://api.github.com/repos/${owner}/${repo}/${path}`;
  const web = (path: string) => `https://github.com/${owner}/${repo}/${path}`;
  const when = new Date().toISOString();

  const bot = { ...(example("commit-comment").user as object), login: "sluice[bot]", type: "Bot" };
  const ref = (name: string, sha: string) => ({
    ...example("git-ref"),
    ref: name,
    url: api(`git/${name}`),
    object: { type: "commit", sha, url: api(`git/commits/${sha}`) },
  });

  function pullOf(base: object, pull: Pull, state: State): Record<string, unknown> {
    const end = (old: unknown, branch: string) => ({
      ...(old as object),
      label: `${owner}:${branch}`,
      ref: branch,
      sha: headOf(state, branch) ?? "",
    });
    const shown = base as Record<string, unknown>;
    return {
      ...shown,
      number: pull.number,
      node_id: nodeId(pull),
      html_url: web(`pull/${pull.number}`),
      url: api(`pulls/${pull.number}`),
      title: pull.title,
      body: pull.body,
      state: pull.state,
      head: end(shown.head, pull.branch),
      base: end(shown.base, pull.base),
      merge_commit_sha: pull.mergeCommit,
      merged_at: pull.mergeCommit ? when : null,
      closed_at: pull.state === "closed" ? when : null,
      // the published example has teams without the type that its schema asks for
      requested_teams: [],
      auto_merge: pull.autoMerge && {
        enabled_by: shown.user,
        merge_method: pull.autoMerge,
        commit_title: "",
        commit_message: "",
      },
    };
  }

  return {
    ref,
    comment: ({ id, commit, body }: Comment) => ({
      ...example("commit-comment"),
      user: bot,
      id,
      body,
      commit_id: commit,
      html_url: web(`commit/${commit}#commitcomment-${id}`),
      url: api(`comments/${id}`),
    }),
    commit: (sha: string) => ({ ...example("commit"), sha, html_url: web(`commit/${sha}`), files: [] }),
    gitCommit: (sha: string, git: GitStore) => {
      const { tree, parents, message } = git.commit(sha) ?? { tree: "", parents: [], message: "" };
      return {
        ...example("git-commit"),
        sha,
        html_url: web(`commit/${sha}`),
        message,
        tree: { sha: tree, url: api(`git/trees/${tree}`) },
        parents: parents.map((parent) => ({
          sha: parent,
          url: api(`git/commits/${parent}`),
          html_url: web(`commit/${parent}`),
        })),
      };
    },
    blob: (sha: string) => ({ sha, url: api(`git/blobs/${sha}`) }),
    tree: (sha: string, files: Files) => ({
      sha,
      url: api(`git/trees/${sha}`),
      truncated: false,
      tree: [...files].map(([path, { mode, sha: blob }]) => ({ path, mode, type: "blob", sha: blob })),
    }),
    listedPull: (pull: Pull, state: State) =>
      pullOf((example("pull-request-simple-items") as unknown as object[])[0] ?? {}, pull, state),
    pull(pull: Pull, state: State) {
      const now = pull.state === "open" ? mergeState(state, pull) : "unknown";
      return {
        ...pullOf(example("pull-request"), pull, state),
        merged: pull.mergeCommit !== null,
        mergeable: now === "unknown" ? null : now !== "dirty",
        mergeable_state: now,
      };
    },
    repository(state: State) {
      const { parent, source, template_repository, ...rest } = example("full-repository-default-response");
      return {
        ...rest,
        name: repo,
        full_name: `${owner}/${repo}`,
        language: null, // the published example lacks it
        default_branch: "main",
        allow_auto_merge: state.allowAutoMerge,
        allow_merge_commit: state.allowMergeCommit,
        allow_squash_merge: true,
      };
    },
    token: (token: string, state: State, expiresAt: Date) => ({
      token,
      expires_at: expiresAt.toISOString(),
      permissions: state.permissions,
      repository_selection: "selected",
    }),
  };
}
export type Shapes = ReturnType<typeof shapes>;

export const nodeId = (pull: Pull) => `PR_${pull.number}`;
