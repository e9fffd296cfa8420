import type { Forge } from "@sluice/core/ports";
import type { Client, GitHubSettings } from "./client";
import { isDeclined, isStatus, wordsOf } from "./errors";

type Merged = Awaited<ReturnType<Forge["autoMerge"]>>;
const LOOKS = 6;

const ENABLE = `mutation ($id: ID!, $head: GitObjectID!, $way: PullRequestMergeMethod!) {
  enablePullRequestAutoMerge(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $way }) {
    pullRequest { autoMergeRequest { enabledAt } }
  }
}`;
const WAITS = "Auto-merge is on: GitHub merges it when its checks and reviews are there";

/**
 * Turns auto-merge on. Where GitHub says that there is nothing to wait for, or that the repository does not allow
 * auto-merge, it is merged at once if the rules allow.
 */
export async function autoMerge(
  { number }: { number: number },
  client: Client,
  { owner, repo, secondMs = 1_000 }: GitHubSettings,
): Promise<Merged> {
  const name = { owner, repo };
  const look = async () =>
    (await client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...name, pull_number: number }))
      .data;
  type Pull = Awaited<ReturnType<typeof look>>;

  /** GitHub works out whether a pull request merges only after it was asked, in the background. */
  async function settled(): Promise<Pull> {
    for (let i = 1; ; i++) {
      const pull = await look();
      if (pull.state !== "open" || pull.mergeable !== null || i === LOOKS) return pull;
      await new Promise((resolve) => setTimeout(resolve, i * secondMs));
    }
  }

  const ended = (pull: Pull): Merged | undefined => {
    if (pull.merged) return { merged: true, ...(pull.merge_commit_sha && { commit: pull.merge_commit_sha }) };
    if (pull.state !== "open") return { merged: false, reason: "It was closed without being merged" };
    if (pull.mergeable === false)
      return { merged: false, reason: `${pull.head.ref} conflicts with ${pull.base.ref}` };
    return pull.auto_merge ? { merged: false, reason: WAITS } : undefined;
  };

  /** Why GitHub does not turn auto-merge on; undefined once it is on. */
  async function enable(pull: Pull, method: string): Promise<string | undefined> {
    try {
      await client.graphql(ENABLE, { id: pull.node_id, head: pull.head.sha, way: method.toUpperCase() });
      return undefined;
    } catch (error) {
      if (!isDeclined(error) || error.errors.some(({ type }) => type === "FORBIDDEN")) throw error;
      return error.errors.map((one) => one.message).join("; ");
    }
  }

  async function mergeNow(pull: Pull, method: "merge" | "squash"): Promise<Merged> {
    try {
      const { data } = await client.request("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", {
        ...name,
        pull_number: number,
        sha: pull.head.sha,
        merge_method: method,
      });
      return { merged: true, commit: data.sha };
    } catch (error) {
      if (!isStatus(error, 405, 409)) throw error;
      return ended(await settled()) ?? { merged: false, reason: wordsOf(error) };
    }
  }

  const pull = await settled();
  const known = ended(pull);
  if (known) return known;
  const { data: repository } = await client.request("GET /repos/{owner}/{repo}", name);
  const method = repository.allow_merge_commit === false ? "squash" : "merge";
  const declined = await enable(pull, method);
  if (declined === undefined) return { merged: false, reason: WAITS };
  const answer = await mergeNow(pull, method);
  if (answer.merged || !answer.reason) return answer;
  return { ...answer, reason: `${answer.reason} (auto-merge: ${declined})` };
}
