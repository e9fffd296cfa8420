import type * as Shape from "./shape";
import { type Comment, headOf, heads, merge, mergeState, type Pull, type State } from "./state";

export interface Asked {
  params: Record<string, string>;
  query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: it was checked against GitHub's description before it comes here
  body: any;
  url: string;
}
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}
export interface Route {
  method: string;
  /** A path of GitHub's description. */
  path: string;
  /** What an App needs for it, as GitHub's `x-accepted-github-permissions` says it. */
  needs: string;
  answer(asked: Asked, state: State, shape: Shape.Shapes): Answer;
}

const DOCS = "https://docs.github.com/rest";
const ok = (body: unknown, status = 200): Answer => ({ status, body });
export const refusal = (status: number, message: string, errors?: object[]): Answer => ({
  status,
  body: { message, documentation_url: DOCS, status: String(status), ...(errors && { errors }) },
});
const notFound = () => refusal(404, "Not Found");
const REPO = "/repos/{owner}/{repo}";
const SHA = /^[0-9a-f]{40}$/;

const resolve = (ref: string, state: State): string | undefined =>
  headOf(state, ref) ?? (state.git.commit(ref) ? ref : undefined);
const noCommit = (ref: string) => refusal(422, `No commit found for SHA: ${ref}`);

function page<T>(items: T[], { query, url }: Asked): { items: T[]; headers: Record<string, string> } {
  const size = Number(query.get("per_page") ?? 30);
  const number = Number(query.get("page") ?? 1);
  const next = new URL(url);
  next.searchParams.set("page", String(number + 1));
  const hasNext = items.length > number * size;
  return {
    items: items.slice((number - 1) * size, number * size),
    headers: hasNext ? { link: `<${next.href}>; rel="next"` } : {},
  };
}

const commentRoutes: Route[] = [
  {
    method: "GET",
    path: `${REPO}/comments`,
    needs: "contents=read",
    answer(asked, { comments }, shape) {
      const { items, headers } = page(comments, asked);
      return { ...ok(items.map(shape.comment)), headers };
    },
  },
  {
    method: "GET",
    path: `${REPO}/commits/{commit_sha}/comments`,
    needs: "contents=read",
    answer(asked, state, shape) {
      const commit = resolve(asked.params.commit_sha ?? "", state);
      const { items, headers } = page(
        state.comments.filter((comment) => comment.commit === commit),
        asked,
      );
      return { ...ok(items.map(shape.comment)), headers };
    },
  },
  {
    method: "POST",
    path: `${REPO}/commits/{commit_sha}/comments`,
    needs: "contents=read",
    answer({ params, body }, state, shape) {
      const commit = resolve(params.commit_sha ?? "", state);
      if (!commit) return noCommit(params.commit_sha ?? "");
      if (body.body.length > 65_536) return refusal(422, "Validation Failed", [tooLong("CommitComment")]);
      const comment: Comment = { id: state.nextId++, commit, body: body.body };
      state.comments.push(comment);
      return ok(shape.comment(comment), 201);
    },
  },
  {
    method: "PATCH",
    path: `${REPO}/comments/{comment_id}`,
    needs: "contents=read",
    answer({ params, body }, { comments }, shape) {
      const comment = comments.find(({ id }) => id === Number(params.comment_id));
      if (!comment) return notFound();
      comment.body = body.body;
      return ok(shape.comment(comment));
    },
  },
  {
    method: "DELETE",
    path: `${REPO}/comments/{comment_id}`,
    needs: "contents=read",
    answer({ params }, state) {
      const before = state.comments.length;
      state.comments = state.comments.filter(({ id }) => id !== Number(params.comment_id));
      return state.comments.length < before ? { status: 204 } : notFound();
    },
  },
];

const gitRoutes: Route[] = [
  {
    method: "GET",
    path: `${REPO}/commits/{ref}`,
    needs: "contents=read",
    answer({ params }, state, shape) {
      const sha = resolve(params.ref ?? "", state);
      return sha ? ok(shape.commit(sha)) : noCommit(params.ref ?? "");
    },
  },
  {
    method: "GET",
    path: `${REPO}/git/ref/{ref}`,
    needs: "contents=read",
    answer({ params }, { refs }, shape) {
      const ref = `refs/${params.ref}`;
      const sha = refs.get(ref);
      return sha ? ok(shape.ref(ref, sha)) : notFound();
    },
  },
  {
    method: "POST",
    path: `${REPO}/git/refs`,
    needs: "contents=write",
    answer({ body }, { refs, git }, shape) {
      if (refs.has(body.ref)) return refusal(422, "Reference already exists");
      if (!git.commit(body.sha)) return refusal(422, "Object does not exist");
      refs.set(body.ref, body.sha);
      return ok(shape.ref(body.ref, body.sha), 201);
    },
  },
  {
    method: "GET",
    path: `${REPO}/git/commits/{commit_sha}`,
    needs: "contents=read",
    answer({ params }, { git }, shape) {
      const sha = params.commit_sha ?? "";
      return git.commit(sha) ? ok(shape.gitCommit(sha, git)) : notFound();
    },
  },
  {
    method: "POST",
    path: `${REPO}/git/blobs`,
    needs: "contents=write",
    answer({ body }, { git }, shape) {
      const encoding = body.encoding === "base64" ? "base64" : "utf8";
      return ok(shape.blob(git.writeBlob(Buffer.from(body.content, encoding))), 201);
    },
  },
  {
    method: "POST",
    path: `${REPO}/git/trees`,
    needs: "contents=write",
    answer({ body }, { git }, shape) {
      const base = body.base_tree === undefined ? new Map() : git.tree(body.base_tree);
      if (!base) return notFound();
      const files = new Map(base);
      for (const { path, mode, sha, content } of body.tree) {
        if (sha !== undefined && !git.blob(sha)) return refusal(422, "tree.sha is not a valid blob");
        if (/(^|\/)(\.git|\.\.?|)(\/|$)/.test(path)) {
          return refusal(422, `tree.path contains a malformed path component`);
        }
        files.set(path, { mode, sha: sha ?? git.writeBlob(Buffer.from(content)) });
      }
      return ok(shape.tree(git.writeTree(files), files), 201);
    },
  },
  {
    method: "POST",
    path: `${REPO}/git/commits`,
    needs: "contents=write",
    answer({ body }, { git }, shape) {
      const { message, tree, parents = [] } = body;
      if (!git.tree(tree)) return refusal(422, "Tree SHA does not exist");
      if (!parents.every((parent: string) => SHA.test(parent) && git.commit(parent))) {
        return refusal(422, "Parent SHA does not exist or is not a commit object");
      }
      return ok(shape.gitCommit(git.writeCommit({ tree, parents, message }), git), 201);
    },
  },
];

const tooLong = (resource: string) => ({
  resource,
  code: "custom",
  field: "body",
  message: "body is too long (maximum is 65536 characters)",
});
const invalidPull = (error: object) =>
  refusal(422, "Validation Failed", [{ resource: "PullRequest", ...error }]);
const byNumber = (state: State, asked: Asked): Pull | undefined =>
  state.pulls.find(({ number }) => number === Number(asked.params.pull_number));

const pullRoutes: Route[] = [
  {
    method: "GET",
    path: REPO,
    needs: "metadata=read",
    answer: (_, state, shape) => ok(shape.repository(state)),
  },
  {
    method: "GET",
    path: `${REPO}/pulls`,
    needs: "pull_requests=read",
    answer(asked, state, shape) {
      const { query, params } = asked;
      const [wanted, head, base] = [query.get("state") ?? "open", query.get("head"), query.get("base")];
      const found = state.pulls
        .filter((pull) => wanted === "all" || pull.state === wanted)
        // A head without its owner is not looked at: GitHub then lists them all.
        .filter((pull) => !head?.includes(":") || head === `${params.owner}:${pull.branch}`)
        .filter((pull) => !base || base === pull.base)
        .reverse();
      const { items, headers } = page(found, asked);
      return { ...ok(items.map((pull) => shape.listedPull(pull, state))), headers };
    },
  },
  {
    method: "POST",
    path: `${REPO}/pulls`,
    needs: "pull_requests=write",
    answer({ body, params }, state, shape) {
      const { head: branch, base, title, body: text = "" } = body;
      const [head, target] = [headOf(state, branch), headOf(state, base)];
      if (!head) return invalidPull({ field: "head", code: "invalid" });
      if (!target) return invalidPull({ field: "base", code: "invalid" });
      if (text.length > 65_536) return refusal(422, "Validation Failed", [tooLong("Issue")]);
      if (state.pulls.some((pull) => pull.state === "open" && pull.branch === branch)) {
        const message = `A pull request already exists for ${params.owner}:${branch}.`;
        return invalidPull({ code: "custom", message });
      }
      if (state.git.history(target).includes(head)) {
        return invalidPull({ code: "custom", message: `No commits between ${base} and ${branch}` });
      }
      const fresh = { state: "open", mergeCommit: null, autoMerge: null, computedFor: null } as const;
      const pull: Pull = { number: state.nextId++, branch, base, title, body: text, ...fresh };
      state.pulls.push(pull);
      return ok(shape.pull(pull, state), 201);
    },
  },
  {
    method: "GET",
    path: `${REPO}/pulls/{pull_number}`,
    needs: "pull_requests=read",
    answer(asked, state, shape) {
      const pull = byNumber(state, asked);
      if (!pull) return notFound();
      const answer = ok(shape.pull(pull, state));
      pull.computedFor = heads(state, pull); // being asked is what makes GitHub work it out
      return answer;
    },
  },
  {
    method: "PUT",
    path: `${REPO}/pulls/{pull_number}/merge`,
    needs: "contents=write",
    answer(asked, state) {
      const pull = byNumber(state, asked);
      if (!pull) return notFound();
      const { sha, merge_method: method = "merge" } = asked.body ?? {};
      const now = pull.state === "open" ? mergeState(state, pull) : "dirty";
      if (sha && sha !== headOf(state, pull.branch)) {
        return refusal(409, "Head branch was modified. Review and try the merge again.");
      }
      if (method === "merge" && !state.allowMergeCommit) {
        return refusal(405, "Merge commits are not allowed on this repository.");
      }
      if (now === "unknown") return refusal(405, "Base branch was modified. Review and try the merge again.");
      if (now === "blocked") {
        return refusal(405, `Required status check "${state.requiredChecks[0]}" is expected.`);
      }
      const commit = now === "clean" ? merge(state, pull) : undefined;
      if (!commit) return refusal(405, "Pull Request is not mergeable");
      return ok({ sha: commit, merged: true, message: "Pull Request successfully merged" });
    },
  },
];

export const routes: Route[] = [...commentRoutes, ...gitRoutes, ...pullRoutes];
