import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Entry {
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const lockfile = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const packages: Record<string, Entry> = lockfile.packages;

/** The folders that Node looks through from a package, nearest first. */
const above = (at: string): string[] => {
  const cut = at.lastIndexOf("/node_modules/");
  if (cut >= 0) return [`${at}/node_modules`, ...above(at.slice(0, cut))];
  return [`${at}/node_modules`, "node_modules"];
};

test("it names no registry, so that every machine uses its own", () => {
  const remote = Object.values(packages).filter(({ resolved }) => resolved && /^\w+:/.test(resolved));
  expect(remote).toEqual([]);
});

test("it holds the optional packages of every platform, without which npm ci refuses it", () => {
  const absent = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !above(at).some((dir) => packages[`${dir}/${name}`])),
  );
  expect(absent).toEqual([]);
});
