import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { npm, shortReason } from "./run.mjs";

/** An optional package and the workspace that asks for it. */
export const NATIVE = { name: "@tensorflow/tfjs-node", usedBy: "packages/trainer" };
export const INFERENCE = { name: "onnxruntime-node", usedBy: "packages/serving" };

const requireFrom = (root, folder) => createRequire(path.join(root, folder, "package.json"));

/**
 * The folder of a package as its workspace sees it, wherever npm hoisted it to.
 * @returns {string | null}
 */
export function packageDir(root, { name, usedBy }) {
  for (const base of requireFrom(root, usedBy).resolve.paths(name) ?? []) {
    const dir = path.join(base, name);
    if (existsSync(path.join(dir, "package.json"))) return dir;
  }
  return null;
}

/** The version of an installed package, or null. */
export function packageVersion(root, wanted) {
  const dir = packageDir(root, wanted);
  return dir ? requireFrom(root, ".")(path.join(dir, "package.json")).version : null;
}

export const missingPackages = (root, wanted) => wanted.filter((one) => packageDir(root, one) === null);

/**
 * npm 10 and early 11 run every install script and drop an optional package whose script failed, as both of
 * ours do where only package registries are reached. This puts the files back, at the lockfile's versions
 * and without scripts; `--no-save` leaves package.json and the lockfile alone.
 */
export function restore(root, say) {
  say("npm left optional packages out; putting their files back");
  const args = ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--prefer-offline"];
  const { ok, output } = npm(args, { cwd: root });
  if (!ok) say(`they could not be put back: ${shortReason(output)}`);
}
