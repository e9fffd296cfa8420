import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { SluiceError } from "../errors";
import { isJunk, printable, whyUnsafe } from "./names";
import type { Refusal } from "./refusal";
import { digested, MAX_FILE_BYTES, type Source } from "./source";

const LAYOUT = "Lay it out as DIR/images/<name>.jpg and DIR/masks/<name>.png.";

/**
 * A folder with `images/` and `masks/` as a batch. What else lies in it is left out; files that cannot be read,
 * have unsafe names or are links out of the folder are refused one by one.
 *
 * Throws `input.unreadable` (no such folder), `batch.incomplete` (no `images/` or `masks/`).
 */
export async function fromFolder(dir: string): Promise<Source> {
  const root = await realpath(dir).catch((cause: Error) => {
    throw new SluiceError("input.unreadable", `${dir} cannot be read: it is not there`, LAYOUT, { cause });
  });
  if (!(await stat(root)).isDirectory()) {
    throw new SluiceError(
      "input.unreadable",
      `${dir} is no folder`,
      "Give a folder, or a file ending in .zip.",
    );
  }
  const found = [...(await walk(root, "images")), ...(await walk(root, "masks"))];
  const names = found.filter((file) => typeof file === "string");
  const refused = found.filter((file) => typeof file !== "string");
  const files = { names, read: (name: string) => readWhole(root, name) };
  return digested(files, { refused, unreadable: "unreadable", close: () => {} });
}

/** Names of the files under a folder, relative to the root, with `/` between. */
async function walk(root: string, folder: string): Promise<(string | Refusal)[]> {
  const real = await realpath(join(root, folder)).catch(() => join(root, folder));
  if (!isInside(root, real)) return [linkOut(folder)];
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((cause: Error) => {
    if (folder.includes("/")) return cause;
    throw new SluiceError("batch.incomplete", `${root} has no readable folder ${folder}/`, LAYOUT, { cause });
  });
  if (entries instanceof Error) return [unreadable(folder, entries)];
  const files: (string | Refusal)[] = [];
  for (const entry of entries) {
    const name = `${folder}/${entry.name}`;
    if (isJunk(name)) continue;
    if (entry.isDirectory()) files.push(...(await walk(root, name)));
    else files.push((await whyRefused(root, name)) ?? name);
  }
  return files;
}

async function whyRefused(root: string, name: string): Promise<Refusal | undefined> {
  const reason = whyUnsafe(name);
  if (reason) return { code: "unsafe_name", file: printable(name), message: reason, hint: "Rename it." };
  try {
    const target = await realpath(join(root, name));
    if (!isInside(root, target)) return linkOut(name);
    const found = await stat(target);
    if (!found.isFile()) return { ...unreadable(name), message: "is no plain file" };
    return found.size > MAX_FILE_BYTES ? tooLarge(name, found.size) : undefined;
  } catch (cause) {
    return unreadable(name, cause as Error);
  }
}

const readWhole = (root: string, name: string): Promise<Buffer> =>
  readFile(join(root, name)).catch((cause: Error) => {
    const { message, hint } = unreadable(name, cause);
    throw new SluiceError("input.unreadable", message, hint, { cause });
  });

const isInside = (root: string, path: string) => path.startsWith(root + sep);
const linkOut = (file: string): Refusal => ({
  code: "link_outside",
  file,
  message: "is a link out of the folder",
  hint: "Copy the files there.",
});
const unreadable = (file: string, cause?: NodeJS.ErrnoException): Refusal => ({
  code: "unreadable",
  file,
  message: `cannot be read: ${cause?.code ?? cause?.message}`,
  hint: "Check its permissions, or take it out.",
});
const tooLarge = (file: string, size: number): Refusal => ({
  code: "file_too_large",
  file,
  message: `has ${size} bytes`,
  hint: "The limit is 128 MiB a file.",
});
