import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { forgeContract } from "@sluice/core/testing/contracts";
import { memoryWorld } from "@sluice/core/testing/index";
import git from "isomorphic-git";
import { expect, test } from "vitest";
import { testFolder } from "../testing";
import { gitForge } from "./index";

forgeContract("a bare repository", async () => gitForge(await testFolder()));

const hasGit = spawnSync("git", ["--version"]).status === 0;
const champion = (model: number) => ({
  branch: `sluice/model-${model}`,
  title: `Model ${model}: Dice 0.9312`,
  body: "- yes, floors: Dice 0.9312",
  files: { "models/champion.json": `{"model":${model}}\n`, "dataset.json": '{"version":"ab"}\n' },
});
const pull = async (dir: string, number: number) =>
  JSON.parse(await readFile(join(dir, "pulls", `${number}.json`), "utf8"));

test("comments and pull requests are files that a person can read", async () => {
  const dir = await testFolder();
  const forge = gitForge(dir);
  const { url } = await forge.comment({
    key: "rejection-run-1",
    ref: "main",
    body: "### Batch a is rejected\n",
  });
  const opened = await forge.openPullRequest(champion(1));

  expect(url).toBe(`file://${dir}/comments/rejection-run-1.md`);
  expect(await readFile(join(dir, "comments", "rejection-run-1.md"), "utf8")).toBe(
    "> On main\n\n### Batch a is rejected\n",
  );
  expect(opened).toEqual({ number: 1, url: `file://${dir}/pulls/1.json` });
  expect(await pull(dir, 1)).toEqual({
    number: 1,
    branch: "sluice/model-1",
    title: "Model 1: Dice 0.9312",
    body: "- yes, floors: Dice 0.9312",
    head: expect.stringMatching(/^[0-9a-f]{40}$/),
    state: "open",
    mergeCommit: null,
    notMergedBecause: null,
  });
});

test("the branch is a commit on main, merged by a merge commit, at the time of the clock", async () => {
  const dir = await testFolder();
  const { clock } = memoryWorld();
  const forge = gitForge(dir, { clock });
  await forge.openPullRequest(champion(1));
  clock.advance(60_000);
  const { commit } = await forge.autoMerge({ number: 1 });

  const log = await git.log({ fs, gitdir: join(dir, "forge.git"), ref: "main" });
  expect(log[0]?.oid).toBe(commit);
  expect(log[0]?.commit.message).toBe("Merge pull request 1 from sluice/model-1\n\nModel 1: Dice 0.9312\n");
  expect(log[0]?.commit.parent[1]).toBe((await pull(dir, 1)).head);
  expect(log[0]?.commit.author.timestamp).toBe(Date.UTC(2026, 0, 1, 0, 1) / 1000);
  expect(await pull(dir, 1)).toMatchObject({ state: "merged", mergeCommit: commit });
});

test("a conflict is written down with its reason", async () => {
  const dir = await testFolder();
  const forge = gitForge(dir);
  for (const model of [1, 2]) await forge.openPullRequest(champion(model));
  await forge.autoMerge({ number: 1 });
  await forge.autoMerge({ number: 2 });
  expect(await pull(dir, 2)).toMatchObject({
    state: "open",
    mergeCommit: null,
    notMergedBecause: "sluice/model-2 conflicts with main",
  });
});

test("what was done before a kill is not done again", async () => {
  const dir = await testFolder();
  const forge = gitForge(dir);
  await forge.openPullRequest(champion(1));
  const opened = await pull(dir, 1);
  await rm(join(dir, "pulls", "1.json")); // killed after the commit
  await forge.openPullRequest(champion(1));
  expect(await pull(dir, 1)).toEqual(opened);

  const merged = await forge.autoMerge({ number: 1 });
  await writeFile(join(dir, "pulls", "1.json"), JSON.stringify(opened)); // killed after the merge
  expect(await gitForge(dir).autoMerge({ number: 1 })).toEqual(merged);
  expect(await pull(dir, 1)).toMatchObject({ state: "merged", mergeCommit: merged.commit });
  expect(await git.log({ fs, gitdir: join(dir, "forge.git"), ref: "main" })).toHaveLength(3);
});

test.each([
  ["a branch", { branch: "../main" }],
  ["a branch", { branch: "main" }],
  ["a branch", { branch: "a..b" }],
  ["a file", { files: { "../../outside": "x" } }],
])("%s with a name that escapes is refused", async (_, wrong) => {
  const dir = await testFolder();
  const forge = gitForge(join(dir, "forge"));
  await expect(forge.openPullRequest({ ...champion(1), ...wrong })).rejects.toMatchObject({
    code: "usage.invalid",
  });
  await expect(forge.comment({ key: "../../outside", body: "x" })).rejects.toMatchObject({
    code: "usage.invalid",
  });
  expect((await readdir(dir)).filter((name) => name !== "forge")).toEqual([]);
});

test("a damaged repository is named, and nothing is opened", async () => {
  const dir = await testFolder();
  const forge = gitForge(dir);
  await forge.openPullRequest(champion(1));
  await rm(join(dir, "forge.git", "objects"), { recursive: true });
  await expect(forge.openPullRequest(champion(2))).rejects.toMatchObject({ code: "forge.failed" });
  expect(await readdir(join(dir, "pulls"))).toEqual(["1.json"]);
});

test.runIf(hasGit)("git itself finds nothing wrong, and clones it", async () => {
  const dir = await testFolder();
  const forge = gitForge(dir);
  const picture = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const number of [1, 2]) {
    const { files, ...rest } = champion(number);
    await forge.openPullRequest({ ...rest, files: { ...files, [`models/${number}/curves.png`]: picture } });
    await forge.autoMerge({ number });
  }
  const run = (...args: string[]) => execFileSync("git", args, { cwd: dir, encoding: "utf8", stdio: "pipe" });

  expect(run("-C", "forge.git", "fsck", "--strict", "--no-dangling")).toBe("");
  run("clone", "--quiet", "forge.git", "clone");
  expect(await readFile(join(dir, "clone", "models", "champion.json"), "utf8")).toBe('{"model":2}\n');
  for (const number of ["1", "2"]) {
    const cloned = await readFile(join(dir, "clone", "models", number, "curves.png"));
    expect(cloned.equals(picture)).toBe(true);
  }
  expect(await readFile(join(dir, "clone", "dataset.json"), "utf8")).toBe('{"version":"ab"}\n');
  expect(run("-C", "clone", "log", "--first-parent", "--format=%s").trim().split("\n")).toEqual([
    "Merge pull request 2 from sluice/model-2",
    "Merge pull request 1 from sluice/model-1",
    "The forge is opened",
  ]);
  expect(run("-C", "forge.git", "show", "--stat", "--format=%s", "sluice/model-2")).toMatch(
    /models\/champion.json +\| +2 \+-/,
  );
});
