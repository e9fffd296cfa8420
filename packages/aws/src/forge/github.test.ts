import { forgeContract } from "@sluice/core/testing/contracts";
import { describe, expect, test } from "vitest";
import { champion, closeAfterEach, github } from "./testing/forge";
import { completeChecks, type Fault, fileOn, headOf } from "./testing/state";

closeAfterEach();
forgeContract("GitHub", async () => (await github()).forge);

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);
const madeBy = (requests: string[], method: string) =>
  requests.filter((line) => line.startsWith(method)).length;

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
