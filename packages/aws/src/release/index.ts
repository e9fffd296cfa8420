import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { SluiceError } from "@sluice/core/errors";
import { tar } from "./tar";

/** Whose sources the host runs. */
const PACKAGES = ["core", "serving", "trainer", "aws"];
const PARTS = ["package.json", "bin", "src"];
const AT_ROOT = ["package.json", "package-lock.json", "tsconfig.json", "scripts", "deploy/chart"];

export interface HostRelease {
  /** SHA-256 of the tar file in hex: it names the release. */
  digest: string;
  /** The tar file, packed with gzip. */
  file: string;
}

/** Where the stage's bucket has a release. */
export const releaseKey = (digest: string): string => `releases/host/${digest}.tgz`;

/**
 * Packs what `sluice-host` needs to install the host's programs: their sources, and what `npm ci` reads. The same
 * sources have the same digest, on every machine: it is taken before gzip, whose output differs by version.
 */
export async function buildHostRelease(root = workspace()): Promise<HostRelease> {
  const archive = tar(await Promise.all((await filesOf(root)).map((path) => entry(root, path))));
  const digest = createHash("sha256").update(archive).digest("hex");
  const file = join(root, "node_modules", ".cache", "sluice", `${digest}.tgz`);
  if (!existsSync(file)) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.${process.pid}`, gzipSync(archive, { level: 9 }));
    await rename(`${file}.${process.pid}`, file);
  }
  return { digest, file };
}

async function filesOf(root: string): Promise<string[]> {
  const workspaces = await readdir(join(root, "packages"));
  const manifests = workspaces
    .map((name) => `packages/${name}/package.json`)
    .filter((path) => existsSync(join(root, path)));
  const parts = PACKAGES.flatMap((name) => PARTS.map((part) => `packages/${name}/${part}`));
  const found = await Promise.all(
    [...AT_ROOT, ...parts, ...manifests]
      .filter((path) => existsSync(join(root, path)))
      .map((path) => walk(root, path)),
  );
  return [...new Set(found.flat())];
}

const isLeftOut = (name: string) =>
  /\.test\.(ts|mjs)$/.test(name) || name === "testing" || name.startsWith(".");

/** Files at or under a path. */
async function walk(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTDIR") return undefined;
      throw error;
    },
  );
  if (!entries) return [path];
  const kept = entries.filter(({ name }) => !isLeftOut(name));
  return (await Promise.all(kept.map(({ name }) => walk(root, `${path}/${name}`)))).flat();
}

async function entry(root: string, path: string) {
  return { path, bytes: await readFile(join(root, path)), isProgram: /(^|\/)bin\/[^/]+$/.test(path) };
}

/** SST runs its stacks as one bundle, from the workspace's own folder. */
function workspace(): string {
  const ancestors = (folder: string): string[] =>
    dirname(folder) === folder ? [folder] : [folder, ...ancestors(dirname(folder))];
  const starts = [process.cwd(), dirname(fileURLToPath(import.meta.url))];
  const isRoot = (folder: string) => existsSync(join(folder, "packages", "trainer", "package.json"));
  const found = starts.flatMap(ancestors).find(isRoot);
  if (found) return found;
  throw new SluiceError(
    "input.unreadable",
    "The workspace is not found",
    "Run this in the workspace's folder.",
  );
}
