import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addonPath } from "./addon.mjs";
import { cacheCandidates, chooseCache, fillOnce, isComplete } from "./cache.mjs";
import { wheelFits } from "./native.mjs";
import { missingPackages, packageDir } from "./packages.mjs";
import { findTools } from "./tools.mjs";

let temp: string;
beforeEach(() => {
  temp = mkdtempSync(path.join(os.tmpdir(), "sluice-backends-"));
});
afterEach(() => rmSync(temp, { recursive: true, force: true }));

describe("the cache", () => {
  const root = "/clone";
  const own = "/clone/node_modules/.cache/libtensorflow";

  test("is LIBTF_CACHE, else beside the home's other caches, else in the clone", () => {
    expect(cacheCandidates({ env: { LIBTF_CACHE: "/big" }, home: "/home/ann", root })).toEqual([
      "/big",
      "/home/ann/.cache/libtensorflow",
      own,
    ]);
    expect(cacheCandidates({ env: {}, home: null, root })).toEqual([own]);
  });

  test("is the first place that can be written to", () => {
    expect(chooseCache(["/a", "/b", "/c"], "2.15.1", (dir: string) => dir !== "/a")).toBe("/b");
    expect(chooseCache(["/a"], "2.15.1", () => false)).toBeNull();
  });

  test("may be read-only when the version is in it already", () => {
    mkdirSync(path.join(temp, "2.15.1"));
    writeFileSync(path.join(temp, "2.15.1", ".complete"), "");
    expect(chooseCache([temp, "/b"], "2.15.1", (dir: string) => dir === "/b")).toBe(temp);
  });

  test.runIf(process.platform === "linux")("is given up on where no folder can be made", () => {
    expect(chooseCache(["/proc/none/.cache/libtensorflow"], "2.15.1")).toBeNull();
  });

  test("cannot be a file", () => {
    const file = path.join(temp, "file");
    writeFileSync(file, "");
    expect(chooseCache([file, path.join(temp, "fresh")], "2.15.1")).toBe(path.join(temp, "fresh"));
  });
});

describe("filling the cache", () => {
  const write = (name: string) => (scratch: string) => writeFileSync(path.join(scratch, name), "x");

  test("leaves nothing half when it is interrupted", () => {
    const dir = path.join(temp, "2.15.1");
    const failing = (scratch: string) => {
      write("half")(scratch);
      throw new Error("the network went away");
    };
    expect(() => fillOnce(dir, failing)).toThrow("the network went away");
    expect(readdirSync(temp)).toEqual([]);
  });

  test("replaces what an older, killed install left", () => {
    const dir = path.join(temp, "2.15.1");
    mkdirSync(dir);
    writeFileSync(path.join(dir, "half"), "x");
    fillOnce(dir, write("whole"));
    expect(readdirSync(dir).sort()).toEqual([".complete", "whole"]);
    expect(readdirSync(temp)).toEqual(["2.15.1"]);
  });

  test("keeps the first of two installs at once", () => {
    const dir = path.join(temp, "2.15.1");
    fillOnce(dir, (scratch: string) => {
      write("second")(scratch);
      fillOnce(dir, write("first"));
    });
    expect(isComplete(dir)).toBe(true);
    expect(readdirSync(dir).sort()).toEqual([".complete", "first"]);
  });

  test("clears folders abandoned for more than a day, and no younger ones", () => {
    for (const name of [".filling-old", ".filling-young"]) mkdirSync(path.join(temp, name));
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3_600_000);
    utimesSync(path.join(temp, ".filling-old"), twoDaysAgo, twoDaysAgo);
    fillOnce(path.join(temp, "v"), write("x"));
    expect(readdirSync(temp).sort()).toEqual([".filling-young", "v"]);
  });
});

describe("the tools", () => {
  const having =
    (...commands: string[]) =>
    (command: string) =>
      commands.includes(command);

  test("are python3's own pip and the compiler that CXX names", () => {
    expect(findTools({ CXX: "g++-13" }, having("python3", "g++-13", "g++"))).toEqual({
      pip: ["python3", "-m", "pip"],
      compiler: "g++-13",
    });
    expect(findTools({}, having("python3", "c++")).compiler).toBe("c++");
  });

  test("are all named at once when they are missing", () => {
    expect(() => findTools({}, having())).toThrow("no python3, no pip, no C++ compiler");
    const onlyCompiler = () => findTools({}, having("g++"));
    expect(onlyCompiler).toThrow(
      expect.objectContaining({ fix: "Install them (Debian: apt-get install python3-pip)" }),
    );
  });
});

test("the wheel fits x64 Linux with glibc only", () => {
  const glibc = { getReport: () => ({ header: { glibcVersionRuntime: "2.36" } }) };
  const musl = { getReport: () => ({ header: {} }) };
  expect(wheelFits({ platform: "linux", arch: "x64", report: glibc })).toBe(true);
  expect(wheelFits({ platform: "linux", arch: "x64", report: musl })).toBe(false);
  expect(wheelFits({ platform: "linux", arch: "arm64", report: glibc })).toBe(false);
  expect(wheelFits({ platform: "darwin", arch: "x64", report: glibc })).toBe(false);
});

test("tfjs-node looks for its addon under N-API 8 at most", () => {
  expect(addonPath("/p", "9")).toBe("/p/lib/napi-v8/tfjs_binding.node");
  expect(addonPath("/p", "6")).toBe("/p/lib/napi-v6/tfjs_binding.node");
});

test("a package is found where npm hoisted it, else in its workspace", () => {
  const put = (...parts: string[]) => {
    const dir = path.join(temp, ...parts);
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, "package.json"), "{}");
    return dir;
  };
  const usedBy = "packages/trainer";
  put(usedBy);
  const hoisted = put("node_modules", "@scope", "hoisted");
  const nested = put(usedBy, "node_modules", "nested");

  expect(packageDir(temp, { name: "@scope/hoisted", usedBy })).toBe(hoisted);
  expect(packageDir(temp, { name: "nested", usedBy })).toBe(nested);
  const gone = { name: "no-such-package-here", usedBy };
  expect(missingPackages(temp, [{ name: "nested", usedBy }, gone])).toEqual([gone]);
});
