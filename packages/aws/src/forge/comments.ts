import type { Forge } from "@sluice/core/ports";
import type { Client, GitHubSettings } from "./client";
import { isStatus, isTransient } from "./errors";
import { fitted } from "./text";

const ATTEMPTS = 4;
const PAGE = 100;

interface Comment {
  id: number;
  body: string;
  html_url: string;
  user: { type: string } | null;
}

/**
 * A comment on a commit, found again by a mark in its text that nobody sees. GitHub cannot make one only if it is
 * absent: of comments with the same mark the oldest stays and the others go.
 *
 * Without a `ref`, or with one that the repository does not have, it is on the head of main.
 */
export async function comment(
  { key, ref, body }: Parameters<Forge["comment"]>[0],
  client: Client,
  { owner, repo, mainBranch = "main", namespace = "", secondMs = 1_000 }: GitHubSettings,
): Promise<{ url: string }> {
  const name = { owner, repo };
  const mark = `\n\n<!-- sluice:${[namespace, key].map(encoded).join(":")} -->`;

  async function commitOf(wanted: string): Promise<string | undefined> {
    try {
      const found = await client.request("GET /repos/{owner}/{repo}/commits/{ref}", { ...name, ref: wanted });
      return found.data.sha;
    } catch (error) {
      if (isStatus(error, 404, 422)) return undefined;
      throw error;
    }
  }

  async function list(commit: string | undefined): Promise<Comment[]> {
    const all: Comment[] = [];
    for (let page = 1; ; page++) {
      const paging = { ...name, per_page: PAGE, page };
      const { data } =
        commit === undefined
          ? await client.request("GET /repos/{owner}/{repo}/comments", paging)
          : await client.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/comments", {
              ...paging,
              commit_sha: commit,
            });
      all.push(...data);
      if (data.length < PAGE)
        return all.filter((one) => one.user?.type === "Bot" && one.body.includes(mark.trim()));
    }
  }

  /** Not by the client's own retry: an answer that was lost may have been a comment that was made. */
  async function post(commit: string, text: string): Promise<Comment[]> {
    const { data } = await client.request("POST /repos/{owner}/{repo}/commits/{commit_sha}/comments", {
      ...name,
      commit_sha: commit,
      body: text,
      request: { retries: 0 },
    });
    return [data];
  }

  /** The oldest, with this text, and no other. */
  async function settle(mine: Comment[], text: string): Promise<{ url: string } | undefined> {
    const [oldest, ...others] = [...new Map(mine.map((one) => [one.id, one])).values()].sort(
      (a, b) => a.id - b.id,
    );
    if (!oldest) return undefined;
    const change = { ...name, comment_id: oldest.id };
    if (oldest.body !== text) {
      await client.request("PATCH /repos/{owner}/{repo}/comments/{comment_id}", { ...change, body: text });
    }
    for (const { id } of others) {
      const gone = client.request("DELETE /repos/{owner}/{repo}/comments/{comment_id}", {
        ...name,
        comment_id: id,
      });
      await gone.catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
      });
    }
    return { url: oldest.html_url };
  }

  const named = ref === undefined ? undefined : await commitOf(ref);
  const lost =
    ref !== undefined && named === undefined ? `\n\n(For \`${ref}\`, which is not in this repository.)` : "";
  const text = fitted(body.trimEnd() + lost, mark);
  const known = await settle(await list(named), text);
  if (known) return known;

  const commit = named ?? (await commitOf(mainBranch)) ?? mainBranch;
  for (let attempt = 1; ; attempt++) {
    try {
      const posted = await post(commit, text);
      return (await settle([...(await list(named)), ...posted], text)) as { url: string };
    } catch (error) {
      if (!isTransient(error) || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * secondMs));
      const made = await settle(await list(named), text);
      if (made) return made;
    }
  }
}

/** Two dashes would end the mark's HTML comment. */
const encoded = (text: string) => encodeURIComponent(text).replaceAll("--", "-%2D");
