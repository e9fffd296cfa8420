import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { TEMP } from "./key";
import { ifPresent } from "./write";

/**
 * The files below a folder whose `/`-separated relative path starts with the prefix, which may end within a name.
 * Unfinished writes are left out.
 */
export async function filesUnder(dir: string, prefix: string): Promise<string[]> {
  const base = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (base.startsWith("/") || base.split("/").some((name) => name === ".." || name === ".")) return [];
  return walk(dir, base, prefix);
}

async function walk(dir: string, base: string, prefix: string): Promise<string[]> {
  const entries = (await ifPresent(readdir(join(dir, base), { withFileTypes: true }))) ?? [];
  const found = entries
    .filter(({ name }) => base + name !== TEMP && (base + name).startsWith(prefix))
    .map((entry) => (entry.isDirectory() ? walk(dir, `${base}${entry.name}/`, prefix) : [base + entry.name]));
  return (await Promise.all(found)).flat();
}
