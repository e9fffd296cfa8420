import { generateKeyPairSync } from "node:crypto";
import { forgeContract } from "@sluice/core/testing/contracts";
import { afterEach, describe, expect, test } from "vitest";
import type { GitHubSettings } from "./client";
import { githubForge } from "./github";
import { type GitHub, startGitHub } from "./testing/github";
import { completeChecks, type Fault, fileOn, headOf } from "./testing/state";

const started: GitHub[] = [];
afterEach(async () => {
  const violations = started.flatMap(({ state }) => state.violations);
  for (const github of started.splice(0)) await github.close();
  expect(violations).toEqual([]);
});

async function github(changes: Partial<GitHubSettings> = {}) {
  const server = await startGitHub();
  started.push(server);
  const { owner, repo, appId, installationId, privateKey, url } = server;
  const settings = { owner, repo, appId, installationId, apiUrl: url, privateKey: async () => privateKey };
  return { ...server, forge: githubForge({ ...settings, secondMs: 5, ...changes }) };
}

forgeContract("GitHub", async () => (await github()).forge);

const champion = (model: number) => ({
  branch: `sluice/model-${model}`,
  title: `Model ${model}: Dice 0.9312`,
  body: "Better by all four rules.\n\n![Curves](models/1/curves.png)\n",
  files: { "models/champion.json": `{"model":${model}}\n`, "dataset.json": '{"version":"ab"}\n' },
});
const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);
const madeBy = (requests: string[], method: string) =>
  requests.filter((line) => line.startsWith(method)).length;

describe("a comment", () => {
  test("is on the commit that is named, else on the head of main", async () => {
    const { forge, state, owner, repo } = await github();
    const first = headOf(state, "main") ?? "";
    const { number } = await forge.openPullRequest(champion(1));
    await forge.autoMerge({ number });
    await forge.comment({ key: "a", ref: first, body: "On the first." });
    const { url } = await forge.comment({ key: "b", body: "On the head." });
    expect(state.comments.map(({ commit }) => commit)).toEqual([first, headOf(state, "main")]);
    expect(url).toBe(
      `https://github.com/${owner}/${repo}/commit/${headOf(state, "main")}#commitcomment-${state.comments[1]?.id}`,
    );
  });

  test("is changed in its place, also after main has moved on", async () => {
    const { forge, state } = await github();
    const first = await forge.comment({ key: "rejection-run--1", body: "Two faults." });
    const { number } = await forge.openPullRequest(champion(1));
    await forge.autoMerge({ number });
    expect(await forge.comment({ key: "rejection-run--1", body: "One fault." })).toEqual(first);
    expect(state.comments).toHaveLength(1);
    expect(state.comments[0]?.body).toBe("One fault.\n\n<!-- sluice::rejection-run-%2D1 -->");
  });

  test("asked for many times at once, one is left", async () => {
    const { forge, state } = await github();
    const ask = () => forge.comment({ key: "rejection-run-1", body: "Two faults." });
    const answers = await Promise.all(Array.from({ length: 6 }, ask));
    expect(state.comments).toHaveLength(1);
    expect(await ask()).toEqual({ url: expect.stringContaining(`#commitcomment-${state.comments[0]?.id}`) });
    expect(answers).toHaveLength(6);
  });

  test("for a commit of another repository is on main, and says so", async () => {
    const { forge, state } = await github();
    await forge.comment({ key: "a", ref: "0123456789012345678901234567890123456789", body: "Two faults." });
    await forge.comment({ key: "a", ref: "0123456789012345678901234567890123456789", body: "Two faults." });
    expect(state.comments).toHaveLength(1);
    expect(state.comments[0]?.body).toContain(
      "(For `0123456789012345678901234567890123456789`, which is not in",
    );
  });

  test("longer than GitHub takes is cut, and still found again", async () => {
    const { forge, state } = await github();
    for (let i = 0; i < 2; i++) await forge.comment({ key: "a", body: "fault\n".repeat(20_000) });
    expect(state.comments).toHaveLength(1);
    expect(state.comments[0]?.body.length).toBe(65_536);
    expect(state.comments[0]?.body).toContain("the rest is left out here");
  });

  test("of somebody else with the same mark is left alone", async () => {
    const { forge, state } = await github({ namespace: "dev" });
    await forge.comment({ key: "a", body: "Ours." });
    const other = await githubForge({
      ...(await settingsOf(started[0] as GitHub)),
      namespace: "prod",
    }).comment({ key: "a", body: "Theirs." });
    expect(state.comments.map(({ body }) => body.split("\n")[0])).toEqual(["Ours.", "Theirs."]);
    expect(other.url).toContain(`#commitcomment-${state.comments[1]?.id}`);
  });

  test("that was made though its answer was lost is not made again", async () => {
    const { forge, state } = await github();
    state.faults.push({ method: "POST", path: /comments$/, status: 502, isDone: true });
    await forge.comment({ key: "a", body: "Two faults." });
    expect(state.comments).toHaveLength(1);
  });

  test("is found among more than a page of others", async () => {
    const { forge, state } = await github();
    const commit = headOf(state, "main") ?? "";
    for (let i = 0; i < 230; i++) state.comments.push({ id: state.nextId++, commit, body: `Other ${i}` });
    const first = await forge.comment({ key: "a", body: "Two faults." });
    expect(await forge.comment({ key: "a", body: "Two faults." })).toEqual(first);
    expect(state.comments).toHaveLength(231);
  });
});

async function settingsOf({ owner, repo, appId, installationId, privateKey, url }: GitHub) {
  return { owner, repo, appId, installationId, apiUrl: url, privateKey: async () => privateKey, secondMs: 5 };
}

describe("a pull request", () => {
  test("is one commit on main with the files as they were given, pictures shown from that commit", async () => {
    const { forge, state, owner, repo } = await github();
    const files = { ...champion(1).files, "models/1/curves.png": everyByte };
    const { number, url } = await forge.openPullRequest({ ...champion(1), files });
    const branch = "sluice/model-1";
    const head = headOf(state, branch) ?? "";

    expect(url).toBe(`https://github.com/${owner}/${repo}/pull/${number}`);
    expect(state.git.commit(head)?.parents).toEqual([headOf(state, "main")]);
    expect(state.git.commit(head)?.message).toBe("Model 1: Dice 0.9312");
    expect(fileOn(state, branch, "models/champion.json")?.toString()).toBe('{"model":1}\n');
    expect(fileOn(state, branch, "README.md")?.toString()).toBe("A repository.\n");
    expect(fileOn(state, branch, "models/1/curves.png")?.equals(everyByte)).toBe(true);
    expect(state.pulls[0]?.body).toContain(
      `![Curves](https://github.com/${owner}/${repo}/blob/${head}/models/1/curves.png?raw=true)`,
    );
  });

  test("of a stage that shares its repository has the stage in its branch", async () => {
    const { forge, state } = await github({ namespace: "staging" });
    await forge.openPullRequest(champion(1));
    expect(state.pulls[0]?.branch).toBe("sluice/staging/model-1");
  });

  test("is finished by the next caller, whoever died before", async () => {
    const { forge, state } = await github();
    state.faults.push({ method: "POST", path: /pulls$/, status: 403, message: "Resource not accessible" });
    await expect(forge.openPullRequest(champion(1))).rejects.toMatchObject({ code: "forge.failed" });
    expect(state.pulls).toHaveLength(0);
    const branch = headOf(state, "sluice/model-1");
    await forge.openPullRequest(champion(1));
    expect(state.pulls).toHaveLength(1);
    expect(headOf(state, "sluice/model-1")).toBe(branch);
  });

  test.each<[string, Fault]>([
    ["the branch", { method: "POST", path: /git\/refs$/, status: 502, isDone: true }],
    ["the commit", { method: "POST", path: /git\/commits$/, status: 500, isDone: true }],
    ["the pull request", { method: "POST", path: /pulls$/, status: 504, isDone: true }],
    ["a broken connection", { method: "POST", path: /pulls$/, status: 0, isDone: true }],
  ])("is made once when the answer about %s is lost", async (_, fault) => {
    const { forge, state } = await github();
    state.faults.push(fault);
    await forge.openPullRequest(champion(1));
    expect(state.pulls).toHaveLength(1);
  });

  test.each(["../main", "main", "a..b"])("with %s as its branch is refused", async (branch) => {
    const { forge, state } = await github();
    await expect(forge.openPullRequest({ ...champion(1), branch })).rejects.toMatchObject({
      code: "usage.invalid",
    });
    expect(madeBy(state.requests, "POST /repos")).toBe(0);
  });

  test("needs a main branch, and names it", async () => {
    const { forge } = await github({ mainBranch: "trunk" });
    await expect(forge.openPullRequest(champion(1))).rejects.toMatchObject({
      code: "forge.failed",
      message: "water-works/meters has no branch trunk",
    });
  });
});

describe("merging", () => {
  test("is left to GitHub while checks are running, and done when they are green", async () => {
    const { forge, state } = await github();
    state.requiredChecks = ["ci"];
    const { number } = await forge.openPullRequest(champion(1));
    const waits = { merged: false, reason: expect.stringContaining("Auto-merge is on") };
    expect(await forge.autoMerge({ number })).toEqual(waits);
    expect(await forge.autoMerge({ number })).toEqual(waits);
    expect(state.pulls[0]?.autoMerge).toBe("merge");
    completeChecks(state);
    expect(await forge.autoMerge({ number })).toEqual({ merged: true, commit: headOf(state, "main") });
  });

  test("is done at once where the repository does not allow auto-merge", async () => {
    const { forge, state } = await github();
    state.allowAutoMerge = false;
    const { number } = await forge.openPullRequest(champion(1));
    expect(await forge.autoMerge({ number })).toEqual({ merged: true, commit: headOf(state, "main") });
  });

  test("that the rules forbid is left undone, with GitHub's reason", async () => {
    const { forge, state } = await github();
    state.allowAutoMerge = false;
    state.requiredChecks = ["ci"];
    const { number } = await forge.openPullRequest(champion(1));
    expect(await forge.autoMerge({ number })).toEqual({
      merged: false,
      reason:
        'Required status check "ci" is expected. (auto-merge: Pull request Auto merge is not allowed for this repository)',
    });
  });

  test("squashes where merge commits are not allowed", async () => {
    const { forge, state } = await github();
    state.allowMergeCommit = false;
    const { number } = await forge.openPullRequest(champion(1));
    expect(await forge.autoMerge({ number })).toMatchObject({ merged: true });
  });

  test("says so where a person has closed it", async () => {
    const { forge, state } = await github();
    const { number } = await forge.openPullRequest(champion(1));
    Object.assign(state.pulls[0] as object, { state: "closed" });
    expect(await forge.autoMerge({ number })).toEqual({
      merged: false,
      reason: expect.stringContaining("closed"),
    });
    expect(await forge.openPullRequest(champion(1))).toMatchObject({ number });
  });

  test("is done once when the answer about it is lost", async () => {
    const { forge, state } = await github();
    const { number } = await forge.openPullRequest(champion(1));
    state.faults.push({ method: "PUT", path: /merge$/, status: 502, isDone: true });
    expect(await forge.autoMerge({ number })).toEqual({ merged: true, commit: headOf(state, "main") });
  });
});

describe("limits and failures of GitHub", () => {
  test.each<[string, Fault]>([
    ["502", { method: "GET", path: /git\/ref\//, status: 502, times: 2 }],
    ["502 for the token", { method: "POST", path: /access_tokens$/, status: 502 }],
    ["a broken connection", { method: "GET", path: /pulls$/, status: 0 }],
    [
      "the secondary limit",
      {
        method: "POST",
        path: /pulls$/,
        status: 403,
        message: "You have exceeded a secondary rate limit",
        headers: { "retry-after": "2" },
      },
    ],
    [
      "the rate limit that is over soon",
      {
        method: "POST",
        path: /git\/trees$/,
        status: 403,
        message: "API rate limit exceeded",
        headers: {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Math.ceil(Date.now() / 1_000) + 20),
        },
      },
    ],
  ])("%s is waited for", async (_, fault) => {
    const { forge, state } = await github();
    state.faults.push(fault);
    await forge.openPullRequest(champion(1));
    expect(state.pulls).toHaveLength(1);
    expect(state.faults).toEqual([]);
  });

  test("a limit that lasts, and a GitHub that stays away, are told apart from what is wrong here", async () => {
    const { forge, state } = await github();
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Date.now() / 1_000 + 3_000) };
    state.faults.push({
      method: "GET",
      path: /pulls$/,
      status: 403,
      message: "API rate limit exceeded",
      headers,
    });
    await expect(forge.openPullRequest(champion(1))).rejects.toMatchObject({ code: "world.throttled" });
    state.faults.push({ method: "GET", path: /pulls$/, status: 503, times: 50 });
    await expect(forge.openPullRequest(champion(1))).rejects.toMatchObject({ code: "world.unreachable" });
  });
});

describe("what is missing is named with its remedy", () => {
  const fails = async (forge: ReturnType<typeof githubForge>, message: RegExp, hint: RegExp) =>
    expect(forge.openPullRequest(champion(1))).rejects.toMatchObject({
      code: "forge.failed",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

  test.each<[string, Partial<GitHubSettings>, RegExp, RegExp]>([
    ["no key", { privateKey: async () => "" }, /private key cannot be read/, /\.pem/],
    ["no RSA key", { privateKey: async () => "-----BEGIN" }, /private key cannot be read/, /BEGIN and END/],
    [
      "another App's key",
      { privateKey: async () => otherKey.export({ type: "pkcs8", format: "pem" }).toString() },
      /does not take the key of App 4711/,
      /new private key/,
    ],
    ["an unknown App", { appId: 1 }, /knows no App 1/, /App's id/],
    [
      "no installation",
      { installationId: 1 },
      /App 4711 has no installation 1/,
      /Install it on water-works\/meters/,
    ],
    [
      "another repository",
      { repo: "elsewhere" },
      /does not find \/repos\/water-works\/elsewhere/,
      /installed on it/,
    ],
  ])("%s", async (_, changes, message, hint) => {
    const { forge } = await github(changes);
    await fails(forge, message, hint);
  });

  test("a permission", async () => {
    const { forge, state } = await github();
    state.permissions = { contents: "write", metadata: "read", pull_requests: "read" };
    await fails(forge, /may not do it in water-works\/meters/, /pull_requests=write/);
  });

  test("a permission for auto-merge", async () => {
    const { forge, state } = await github();
    state.requiredChecks = ["ci"];
    const { number } = await forge.openPullRequest(champion(1));
    state.permissions = { contents: "write", metadata: "read", pull_requests: "read" };
    await expect(forge.autoMerge({ number })).rejects.toMatchObject({
      code: "forge.failed",
      hint: expect.stringContaining("pull_requests=write"),
    });
  });

  test("a suspended installation", async () => {
    const { forge, state } = await github();
    state.isSuspended = true;
    await fails(forge, /suspended/, /installation/);
  });

  test("a key that is put right is taken without a restart", async () => {
    const keys: string[] = ["not yet"];
    const { forge, privateKey } = await github({ privateKey: async () => keys[0] as string });
    await fails(forge, /private key cannot be read/, /secret/);
    keys[0] = privateKey;
    expect(await forge.openPullRequest(champion(1))).toMatchObject({ number: expect.any(Number) });
  });
});
