import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gitIn } from "./git";
import { install, uninstall } from "./install";

const ENV = {
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Anna",
  GIT_AUTHOR_EMAIL: "anna@example.org",
  GIT_COMMITTER_NAME: "Anna",
  GIT_COMMITTER_EMAIL: "anna@example.org",
};
let dir: string;
let work: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "sluice-hooks-"));
  work = join(dir, "work");
  execFileSync("git", ["init", "--quiet", "--bare", "-b", "main", join(dir, "remote.git")]);
  execFileSync("git", ["init", "--quiet", "-b", "main", work]);
  git("remote", "add", "origin", join(dir, "remote.git"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: work, env: ENV, encoding: "utf8", stdio: "pipe" }).trim();
const push = (...args: string[]) => {
  const { status, stderr } = spawnSync("git", ["push", ...args], { cwd: work, env: ENV, encoding: "utf8" });
  return { ok: status === 0, said: stderr };
};
function write(...paths: string[]) {
  for (const path of paths) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), `bytes of ${path}`);
  }
}
function commit(message: string, ...paths: string[]) {
  write(...paths);
  git("add", "--all");
  git("commit", "--quiet", "-m", message);
}
const remote = (...args: string[]) => git("-C", join(dir, "remote.git"), ...args);
const branches = () =>
  remote("for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n").filter(Boolean);
const filesOn = (ref: string) => remote("ls-tree", "-r", "--name-only", ref).split("\n").filter(Boolean);
const everything = () => [
  git("rev-parse", "main"),
  git("status", "--porcelain"),
  branches(),
  remote("for-each-ref"),
];
const PAIR = ["data/images/a.jpg", "data/masks/a.png"];

async function hooked() {
  commit("Begin", "README.md");
  git("push", "--quiet", "-u", "origin", "main");
  await install(gitIn(work, ENV), "data");
}

describe("a push to main", () => {
  test("with new pairs brings them to a branch of their own, and main goes on without them", async () => {
    await hooked();
    commit("Code", "code.ts");
    commit("Photos", ...PAIR, "data/images/Zähler 1.jpg", "data/masks/Zähler 1.png");
    commit("Both", "more.ts", "data/images/b/c.jpg", "data/masks/b/c.png");
    const before = git("rev-parse", "main^{tree}");
    const { ok, said } = push("origin", "main");

    expect(ok).toBe(false); // git's own push was replaced
    expect(said).toContain("pushed 3 new pairs (6 files) to data/");
    const [data = "", ...others] = branches();
    expect(others).toEqual(["main"]);
    expect(data).toMatch(/^data\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    expect(filesOn("main")).toEqual(["README.md", "code.ts", "more.ts"]);
    expect(remote("rev-parse", `${data}^{tree}`)).toBe(before);
    expect(remote("rev-parse", `${data}^`)).toBe(remote("rev-parse", "main"));
    // The photos are in no commit of main; what held nothing else is gone.
    expect(remote("log", "--format=%s %an", "main").split("\n")).toEqual([
      "Both Anna",
      "Code Anna",
      "Begin Anna",
    ]);
    expect(remote("log", "--format=%s", "main", "--", "data")).toBe("");

    expect(git("rev-parse", "main")).toBe(remote("rev-parse", "main"));
    expect(git("status", "--porcelain")).toBe("?? data/");
    expect(readFileSync(join(work, PAIR[0] as string), "utf8")).toBe("bytes of data/images/a.jpg");
    expect(push("origin", "main")).toMatchObject({ ok: true });
  });

  test("without new pairs goes on as it is", async () => {
    await hooked();
    commit("Code", "code.ts");
    expect(push("origin", "main")).toMatchObject({ ok: true });
    expect(branches()).toEqual(["main"]);
    expect(filesOn("main")).toEqual(["README.md", "code.ts"]);
  });

  test("with a photo alone goes on, and says so", async () => {
    await hooked();
    commit("Photo", "data/images/a.jpg", "data/notes.txt");
    const { ok, said } = push("origin", "main");
    expect(ok).toBe(true);
    expect(said).toContain("data/images/a.jpg has no other half");
    expect(filesOn("main")).toContain("data/images/a.jpg");
  });

  test("with the mask of a photo that is there moves the mask, beside a photo alone that stays", async () => {
    await hooked();
    commit("Photo", "data/images/a.jpg");
    push("origin", "main");
    commit("Mask", "data/masks/a.png", "data/images/lonely.jpg");
    push("origin", "main");
    expect(filesOn("main")).toEqual(["README.md", "data/images/a.jpg", "data/images/lonely.jpg"]);
    expect(filesOn(branches()[0] ?? "")).toContain("data/masks/a.png");
  });

  test("that is the first, into an empty repository", async () => {
    await install(gitIn(work, ENV), "data");
    commit("Begin", "README.md", ...PAIR);
    expect(push("origin", "main").said).toContain("pushed 1 new pairs");
    expect(filesOn("main")).toEqual(["README.md"]);
    expect(filesOn(branches()[0] ?? "")).toEqual(["README.md", ...PAIR]);
  });

  test("through a merge keeps the merge", async () => {
    await hooked();
    git("checkout", "--quiet", "-b", "side");
    commit("Side", "side.ts", ...PAIR);
    git("checkout", "--quiet", "main");
    commit("Main", "main.ts");
    git("merge", "--quiet", "--no-edit", "side");
    push("origin", "main");
    expect(filesOn("main")).toEqual(["README.md", "main.ts", "side.ts"]);
    expect(remote("rev-list", "--merges", "--count", "main")).toBe("1");
    expect(remote("log", "--format=%s", "main", "--", "data")).toBe("");
  });

  test("together with other branches and tags brings them too", async () => {
    await hooked();
    git("branch", "other");
    git("tag", "v1");
    commit("Photos", ...PAIR);
    push("origin", "main", "other", "v1");
    expect(branches()).toEqual([expect.stringMatching(/^data\//), "main", "other"]);
    expect(remote("tag")).toBe("v1");
  });

  test("that goes past the hook is git's own", async () => {
    await hooked();
    commit("Photos", ...PAIR);
    expect(push("--no-verify", "origin", "main")).toMatchObject({ ok: true });
    expect(branches()).toEqual(["main"]);
    expect(filesOn("main")).toEqual(["README.md", ...PAIR]);
  });
});

describe("nothing is done", () => {
  test("when the remote cannot be reached", async () => {
    await hooked();
    commit("Photos", ...PAIR);
    const before = everything();
    const { ok, said } = push(join(dir, "nowhere.git"), "main");
    expect({ ok, said }).toEqual({ ok: false, said: expect.stringContaining("nowhere.git") });
    expect(everything()).toEqual(before);
  });

  test("when the remote refuses either branch", async () => {
    await hooked();
    const refusing = join(dir, "remote.git/hooks/update");
    writeFileSync(refusing, '#!/bin/sh\ncase "$1" in refs/heads/main) exit 1;; esac\n');
    chmodSync(refusing, 0o755);
    commit("Photos and code", "code.ts", ...PAIR);
    const before = everything();
    expect(push("origin", "main").ok).toBe(false);
    expect(everything()).toEqual(before);
  });

  test("when somebody else has pushed meanwhile", async () => {
    await hooked();
    const other = join(dir, "other");
    git("clone", "--quiet", join(dir, "remote.git"), other);
    writeFileSync(join(other, "theirs.ts"), "");
    git("-C", other, "add", "--all");
    git("-C", other, "commit", "--quiet", "-m", "Theirs");
    git("-C", other, "push", "--quiet");
    commit("Photos", ...PAIR);
    const before = everything();
    expect(push("origin", "main").ok).toBe(false);
    expect(everything()).toEqual(before);
  });

  test("about other branches, and a branch that is deleted", async () => {
    await hooked();
    git("checkout", "--quiet", "-b", "feature");
    commit("Photos", ...PAIR);
    expect(push("origin", "feature")).toMatchObject({ ok: true });
    expect(push("origin", "--delete", "feature")).toMatchObject({ ok: true });
    expect(branches()).toEqual(["main"]);
    remote("symbolic-ref", "HEAD", "refs/heads/elsewhere"); // a remote keeps its own HEAD's branch
    expect(push("origin", "--delete", "main")).toMatchObject({ ok: true });
    expect(branches()).toEqual([]);
  });
});

describe("the hook", () => {
  test("is written where core.hooksPath says, again over itself, and taken out", async () => {
    git("config", "core.hooksPath", "my hooks");
    const file = join(work, "my hooks/pre-push");
    await install(gitIn(work, ENV), "data");
    expect(await install(gitIn(work, ENV), "it's data")).toBe(file);
    expect(readFileSync(file, "utf8")).toContain("--data 'it'\\''s data' \"$@\"");
    expect(await uninstall(gitIn(work, ENV))).toBe(file);
    expect(existsSync(file)).toBe(false);
    expect(await uninstall(gitIn(work, ENV))).toBeUndefined();
  });

  test("of somebody else is left alone, with the line to add to it", async () => {
    const file = join(work, ".git/hooks/pre-push");
    writeFileSync(file, "#!/bin/sh\nexit 0\n");
    await expect(install(gitIn(work, ENV), "data")).rejects.toMatchObject({
      code: "usage.invalid",
      message: expect.stringContaining(".git/hooks/pre-push is another's hook"),
      hint: expect.stringMatching(/Add this line .* hooks pre-push --data 'data' "\$@" \|\| exit 1/),
    });
    await expect(uninstall(gitIn(work, ENV))).rejects.toMatchObject({ code: "usage.invalid" });
    expect(readFileSync(file, "utf8")).toBe("#!/bin/sh\nexit 0\n");
  });

  test("needs a repository", async () => {
    await expect(install(gitIn(dir, ENV), "data")).rejects.toMatchObject({ code: "usage.invalid" });
  });
});
