import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { SluiceError } from "../errors";
import { isJunk, printable, whyUnsafe } from "./names";
import { digested, MAX_FILE_BYTES, type Source } from "./source";

const LAYOUT = "Lay it out as DIR/images/<name>.jpg and DIR/masks/<name>.png.";

/**
 * A folder with `images/` and `masks/` as a batch. What else lies in it is left out.
 *
 * Throws `input.unreadable` (no such folder, unreadable file, link out of the folder, unsafe name),
 * `batch.incomplete` (no `images/` or `masks/`).
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
  const names = found.map((path) => path.split(sep).join("/"));
  return digested(
    { names, read: (name) => readWhole(root, name) },
    (name) => new SluiceError("input.unreadable", `${name} changed while it was read`, "Push again."),
    () => {},
  );
}

/** Paths of the files under a folder, relative to the root. */
async function walk(root: string, folder: string): Promise<string[]> {
  const real = await realpath(join(root, folder)).catch(() => join(root, folder));
  if (!isInside(root, real)) throw linkOut(folder);
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((cause: Error) => {
    if (folder.includes(sep)) throw unreadable(folder, cause);
    throw new SluiceError("batch.incomplete", `${root} has no readable folder ${folder}/`, LAYOUT, { cause });
  });
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const name = path.split(sep).join("/");
    if (isJunk(name)) continue;
    if (entry.isDirectory()) files.push(...(await walk(root, path)));
    else files.push(await checked(root, path, name, entry.isFile()));
  }
  return files;
}

async function checked(root: string, path: string, name: string, isPlainFile: boolean): Promise<string> {
  const reason = sep === "\\" ? undefined : whyUnsafe(name);
  if (reason) throw new SluiceError("input.unreadable", `${printable(name)} ${reason}`, "Rename it.");
  if (isPlainFile) return path;
  const target = await realpath(join(root, path)).catch((cause: Error) => {
    throw unreadable(name, cause);
  });
  if (!isInside(root, target)) throw linkOut(name);
  if ((await stat(target)).isFile()) return path;
  throw new SluiceError("input.unreadable", `${name} is no plain file`, "Take it out of the folder.");
}

async function readWhole(root: string, name: string): Promise<Buffer> {
  const path = join(root, name);
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) {
    throw new SluiceError("input.unreadable", `${name} has ${size} bytes`, "The limit is 128 MiB a file.");
  }
  return readFile(path).catch((cause: Error) => {
    throw unreadable(name, cause);
  });
}

const isInside = (root: string, path: string) => path.startsWith(root + sep);
const linkOut = (name: string) =>
  new SluiceError("input.unreadable", `${name} is a link out of the folder`, "Copy the files there.");
const unreadable = (name: string, cause: Error) =>
  new SluiceError("input.unreadable", `${name} cannot be read: ${cause.message}`, "Check its permissions.", {
    cause,
  });
