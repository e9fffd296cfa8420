import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const lines = (file: string) =>
  readFileSync(join(import.meta.dirname, file), "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter(Boolean);
const instructions = lines("Containerfile");
const all = (name: string) =>
  instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
/** Paths of the repository that are copied, without those of an earlier stage. */
const copied = all("COPY")
  .filter((line) => !line.startsWith("--from="))
  .flatMap((line) => line.split(" ").slice(0, -1));
/** The files of such a path; one that is not there throws. */
function filesOf(path: string): string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

test("all that is copied is there", () => {
  expect(copied.length).toBeGreaterThan(0);
  for (const path of copied) expect(filesOf(path), path).not.toEqual([]);
});

test("the context is what is copied and nothing else, without tests, hidden files and what is installed", () => {
  const [first, ...rest] = lines("Containerfile.dockerignore");
  expect(first).toBe("*");
  const kept = rest.filter((line) => line.startsWith("!"));
  expect(kept.map((line) => line.slice(1)).sort()).toEqual([...copied].sort());
  // The last line that fits decides.
  expect(rest.slice(kept.length)).toEqual(["**/*.test.ts", "**/testing", "**/node_modules", "**/.*"]);
});

test("no program of the image needs what is kept out of it", () => {
  const programs = copied
    .flatMap(filesOf)
    .filter((file) => /\.m?[jt]s$/.test(file) && !/\.test\.ts$|\/testing\//.test(file));
  expect(programs).toContain("packages/serving/src/main.ts");
  for (const file of programs) {
    const text = readFileSync(join(ROOT, file), "utf8");
    expect(text, file).not.toMatch(/(from|import\() ?"[^"]*\/testing(\/[^"]*)?"/);
  }
});

test("the packages that are copied are those that are installed, with all of ours that they need", () => {
  const packages = copied.filter((path) => /^packages\/\w+\/package\.json$/.test(path));
  const manifests = packages.map((path) => JSON.parse(readFileSync(join(ROOT, path), "utf8")));
  const names = manifests.map(({ name }) => name);
  const installed = all("RUN").flatMap((line) => [...line.matchAll(/-w (\S+)/g)].map(([, name]) => name));
  // Of the local world a few files are taken, which need none of its packages.
  expect([...installed, "@sluice/local"].sort()).toEqual([...names].sort());
  expect(names).toEqual(["@sluice/core", "@sluice/serving", "@sluice/aws", "@sluice/local"]);
});

test("the base is named by its digest, nothing of it stays but what is copied, and the server is not root", () => {
  const [base = ""] = all("ARG").filter((line) => line.startsWith("BASE="));
  expect(base).toMatch(/^BASE=[\w./-]+:\d[\w.-]*@sha256:[0-9a-f]{64}$/);
  expect(all("FROM").map((line) => line.replace(/^\$\{BASE\}/, "BASE"))).toEqual([
    "BASE AS build",
    "scratch",
  ]);
  expect(all("USER")).toEqual(["10001:10001"]);
  const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM ")));
  expect(last.some((line) => line.startsWith("USER "))).toBe(true);
});

test("it carries no value that is a secret, and is told none while it is built", () => {
  const told = [...all("ARG"), ...all("ENV").flatMap((line) => line.split(" "))].map(
    (line) => line.split("=")[0],
  );
  expect(told).toEqual(["BASE", "COMMIT", "NODE_ENV", "PATH", "SLUICE_WORLD"]);
  expect(instructions.join("\n")).not.toMatch(/--mount=type=secret|\.npmrc|_auth/);
});
