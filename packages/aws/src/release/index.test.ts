import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { buildHostRelease } from "./index";

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "sluice-release-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const DEEP = `packages/core/src/${"a-rather-long-folder-name/".repeat(4)}file.ts`;

async function workspace(): Promise<string> {
  const root = await folder();
  const files = {
    "package.json": "{}",
    "package-lock.json": "{}",
    "scripts/install-backends.mjs": "",
    "packages/core/package.json": "{}",
    "packages/core/src/index.ts": "export const core = 1;",
    "packages/core/src/index.test.ts": "a test",
    "packages/core/src/testing/world.ts": "for tests",
    "packages/core/src/.hidden": "",
    "packages/core/node_modules/zod/index.js": "installed",
    "packages/trainer/package.json": "{}",
    "packages/trainer/bin/sluice-trainer.mjs": "#!/usr/bin/env node",
    "packages/cli/package.json": "{}",
    "packages/cli/src/index.ts": "not for the host",
    [DEEP]: "é",
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

test("it holds the host's packages, what npm reads, and nothing else", async () => {
  const { digest, file } = await buildHostRelease(await workspace());
  const archive = gunzipSync(await readFile(file));
  expect(createHash("sha256").update(archive).digest("hex")).toBe(digest);

  const at = await folder();
  execFileSync("tar", ["-xf", "-", "-C", at], { input: archive });
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  expect(files.map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1)).sort()).toEqual(
    [
      "package-lock.json",
      "package.json",
      "packages/cli/package.json",
      DEEP,
      "packages/core/package.json",
      "packages/core/src/index.ts",
      "packages/trainer/bin/sluice-trainer.mjs",
      "packages/trainer/package.json",
      "scripts/install-backends.mjs",
    ].sort(),
  );
  expect(await readFile(join(at, DEEP), "utf8")).toBe("é");
  expect((await stat(join(at, "packages/trainer/bin/sluice-trainer.mjs"))).mode & 0o777).toBe(0o755);
  expect((await stat(join(at, "package.json"))).mode & 0o777).toBe(0o644);
});

test("the same sources have the same digest, whatever their place, times and modes; others have another", async () => {
  const root = await workspace();
  const { digest } = await buildHostRelease(root);
  const copy = join(await folder(), "elsewhere");
  await cp(root, copy, { recursive: true });
  await utimes(join(copy, "package.json"), 1, 1);
  await chmod(join(copy, "package.json"), 0o600);
  await writeFile(join(copy, "packages/core/src/new.test.ts"), "another test");
  expect((await buildHostRelease(copy)).digest).toBe(digest);

  await writeFile(join(copy, "packages/core/src/index.ts"), "export const core = 2;");
  expect((await buildHostRelease(copy)).digest).not.toBe(digest);
});

test("this workspace's release has the programs, and is small enough to be fetched by each command", async () => {
  const { file } = await buildHostRelease();
  const names = execFileSync("tar", ["-tzf", file], { encoding: "utf8" }).split("\n");
  expect(names).toEqual(
    expect.arrayContaining([
      "deploy/chart/stages/production.yaml",
      "deploy/chart/templates/deployment.yaml",
      "packages/aws/bin/sluice-agent.mjs",
      "packages/aws/bin/sluice-pods.mjs",
      "packages/serving/bin/sluice-serve.mjs",
      "packages/trainer/bin/sluice-trainer.mjs",
      "packages/trainer/src/main.ts",
      "packages/local/package.json",
      "scripts/install-backends.mjs",
      "package-lock.json",
    ]),
  );
  expect(names.filter((name) => /\.test\.|node_modules|\/testing\//.test(name))).toEqual([]);
  expect((await stat(file)).size).toBeLessThan(1_500_000);
});
