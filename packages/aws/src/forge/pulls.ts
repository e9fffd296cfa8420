import { SluiceError } from "@sluice/core/errors";
import type { Forge } from "@sluice/core/ports";
import type { Client, GitHubSettings } from "./client";
import { isStatus } from "./errors";
import { fitted, withPictures } from "./text";

type Proposal = Parameters<Forge["openPullRequest"]>[0];
type Opened = Awaited<ReturnType<Forge["openPullRequest"]>>;
const FILE = "100644";

/**
 * One commit on top of main with the files, a branch on it, and a pull request. Whatever of it is there already is
 * taken as it is, so that many callers at once, or one that died in the middle, make one pull request.
 */
export async function openPullRequest(
  { branch: plain, title, body, files }: Proposal,
  client: Client,
  { owner, repo, mainBranch = "main", namespace }: GitHubSettings,
): Promise<Opened> {
  const name = { owner, repo };
  const branch = namespace ? plain.replace("/", `/${namespace}/`) : plain;
  assertBranch(branch, mainBranch);

  async function find(): Promise<Opened | undefined> {
    const { data } = await client.request("GET /repos/{owner}/{repo}/pulls", {
      ...name,
      state: "all",
      head: `${owner}:${branch}`,
      base: mainBranch,
      per_page: 100,
    });
    const pulls = data.filter((pull) => pull.head.ref === branch);
    const found = pulls.find((pull) => pull.state === "open") ?? pulls[0];
    return found && { number: found.number, url: found.html_url };
  }

  async function headOf(wanted: string): Promise<string | undefined> {
    try {
      const ref = { ...name, ref: `heads/${wanted}` };
      return (await client.request("GET /repos/{owner}/{repo}/git/ref/{ref}", ref)).data.object.sha;
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  async function entryOf(path: string, content: string | Uint8Array) {
    const entry = { path, mode: FILE, type: "blob" } as const;
    if (typeof content === "string") return { ...entry, content };
    const blob = { ...name, content: Buffer.from(content).toString("base64"), encoding: "base64" };
    return { ...entry, sha: (await client.request("POST /repos/{owner}/{repo}/git/blobs", blob)).data.sha };
  }

  async function commit(): Promise<string> {
    const parent = await headOf(mainBranch);
    if (!parent) throw noBranch(mainBranch, `${owner}/${repo}`);
    const base = await client.request("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", {
      ...name,
      commit_sha: parent,
    });
    const entries = [];
    for (const [path, content] of Object.entries(files)) entries.push(await entryOf(path, content));
    const tree = await client.request("POST /repos/{owner}/{repo}/git/trees", {
      ...name,
      base_tree: base.data.tree.sha,
      tree: entries,
    });
    const made = await client.request("POST /repos/{owner}/{repo}/git/commits", {
      ...name,
      message: title,
      tree: tree.data.sha,
      parents: [parent],
    });
    return made.data.sha;
  }

  /** The branch's head: of many that make it at once, one does, and all go on with its commit. */
  async function branchHead(): Promise<string> {
    const there = await headOf(branch);
    if (there) return there;
    const sha = await commit();
    try {
      await client.request("POST /repos/{owner}/{repo}/git/refs", {
        ...name,
        ref: `refs/heads/${branch}`,
        sha,
      });
      return sha;
    } catch (error) {
      const made = isStatus(error, 422) ? await headOf(branch) : undefined;
      if (made) return made;
      throw error;
    }
  }

  const known = await find();
  if (known) return known;
  const commit_sha = await branchHead();
  const { data } = await client.request("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", {
    ...name,
    commit_sha,
  });
  try {
    const opened = await client.request("POST /repos/{owner}/{repo}/pulls", {
      ...name,
      title: title.slice(0, 250),
      body: fitted(withPictures(body, Object.keys(files), data.html_url)),
      head: branch,
      base: mainBranch,
    });
    return { number: opened.data.number, url: opened.data.html_url };
  } catch (error) {
    const made = isStatus(error, 422) ? await find() : undefined;
    if (made) return made;
    throw error;
  }
}

function assertBranch(branch: string, main: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*$/.test(branch) && branch !== main) return;
  const message = `${JSON.stringify(branch)} is no branch to propose`;
  throw new SluiceError("usage.invalid", message, "Use plain names.");
}

const noBranch = (branch: string, repository: string) =>
  new SluiceError(
    "forge.failed",
    `${repository} has no branch ${branch}`,
    "Name the repository's main branch in the stage's settings; an empty repository needs a first commit.",
  );
