import type { Answer } from "./routes";
import { nodeId } from "./shape";
import { mergeState, type State } from "./state";

/**
 * The one query that may be asked, word by word as GitHub's GraphQL reference has the mutation: its arguments are
 * those of `EnablePullRequestAutoMergeInput`, its answer has `pullRequest.autoMergeRequest.enabledAt`.
 */
const ENABLE = `mutation ($id: ID!, $head: GitObjectID!, $way: PullRequestMergeMethod!) {
  enablePullRequestAutoMerge(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $way }) {
    pullRequest { autoMergeRequest { enabledAt } }
  }
}`;
const plain = (query: unknown) => String(query).replace(/\s+/g, " ").trim();

/** GitHub answers 200 also when it refuses; the error is in the body. */
const refused = (type: string, message: string): Answer => ({
  status: 200,
  body: {
    data: { enablePullRequestAutoMerge: null },
    errors: [{ type, path: ["enablePullRequestAutoMerge"], locations: [{ line: 2, column: 3 }], message }],
  },
});

export function graphql(
  body: { query?: unknown; variables?: Record<string, unknown> },
  state: State,
): Answer {
  if (plain(body.query) !== plain(ENABLE)) {
    state.violations.push(`POST /graphql: unknown query ${plain(body.query)}`);
    return { status: 200, body: { errors: [{ message: "Parse error" }] } };
  }
  const { id, head, way } = body.variables ?? {};
  const pull = state.pulls.find((one) => nodeId(one) === id);
  if (!pull) return refused("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
  if (state.permissions.pull_requests !== "write" || state.permissions.contents !== "write") {
    return refused("FORBIDDEN", "Resource not accessible by integration");
  }
  if (!state.allowAutoMerge) {
    return refused("UNPROCESSABLE", "Pull request Auto merge is not allowed for this repository");
  }
  if (head !== state.refs.get(`refs/heads/${pull.branch}`)) {
    return refused("UNPROCESSABLE", "Pull request Head sha didn't match expected value");
  }
  const now = pull.state === "open" ? mergeState(state, pull) : "unknown";
  if (now !== "blocked") return refused("UNPROCESSABLE", `Pull request Pull request is in ${now} status`);
  if (!(way === "MERGE" || way === "SQUASH")) return refused("UNPROCESSABLE", "Unknown merge method");
  pull.autoMerge = way === "MERGE" ? "merge" : "squash";
  const autoMergeRequest = { enabledAt: new Date().toISOString() };
  return {
    status: 200,
    body: { data: { enablePullRequestAutoMerge: { pullRequest: { autoMergeRequest } } } },
  };
}
