import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { codeCommit } from "./code-commit";
import { testFolder } from "./testing";

const commit = "3f9c2a1b04de3f9c2a1b04de3f9c2a1b04de3f9c";
async function checkout(files: Record<string, string>): Promise<string> {
  const folder = await testFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

test.each([
  ["a branch", { ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": `${commit}\n` }],
  [
    "a packed branch",
    {
      ".git/HEAD": "ref: refs/heads/a/b\n",
      ".git/packed-refs": `# pack-refs\n${"0".repeat(40)} refs/heads/main\n${commit} refs/heads/a/b\n^${"1".repeat(40)}\n`,
    },
  ],
  ["a commit by itself", { ".git/HEAD": `${commit}\n` }],
  [
    "a worktree",
    {
      ".git": "gitdir: main/.git/worktrees/w\n",
      "main/.git/worktrees/w/HEAD": "ref: refs/heads/w\n",
      "main/.git/worktrees/w/commondir": "../..\n",
      "main/.git/refs/heads/w": `${commit}\n`,
    },
  ],
])("%s that is checked out", async (_, files) => {
  expect(codeCommit(await checkout(files as Record<string, string>))).toBe(commit);
});

test.each([
  ["no repository", {}],
  ["a repository with no commit yet", { ".git/HEAD": "ref: refs/heads/main\n" }],
  ["a damaged head", { ".git/HEAD": "nonsense\n" }],
])("%s: unknown", async (_, files) => {
  expect(codeCommit(await checkout(files as Record<string, string>))).toBe("unknown");
});
