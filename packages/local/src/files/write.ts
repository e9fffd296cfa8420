import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import { TEMP } from "./key";

const DAY_MS = 24 * 3_600_000;
export const hasErrorCode = (error: unknown, ...codes: string[]) =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));

/** The answer, or undefined where the file (or a folder above it) is not there. */
export async function ifPresent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/**
 * Creates a file whole: a reader sees all of it or nothing, and of many writers one wins.
 *
 * @param root the folder whose `.tmp` holds the unfinished file: the same file system as `path`
 * @returns false if the file was there already, which is left as it is
 */
export async function createFile(root: string, path: string, body: Uint8Array | string): Promise<boolean> {
  const temp = await writeTemp(root, body);
  try {
    await place(path, () => link(temp, path));
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(temp, { force: true });
  }
}

/** Writes a file whole, in place of one that may be there. */
export async function replaceFile(root: string, path: string, body: Uint8Array | string): Promise<void> {
  const temp = await writeTemp(root, body);
  try {
    await place(path, () => rename(temp, path));
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
}

/** Removes what killed writers left in `.tmp` more than a day ago. */
export async function sweepTemp(root: string): Promise<void> {
  for (const name of (await ifPresent(readdir(join(root, TEMP)))) ?? []) {
    const path = join(root, TEMP, name);
    const age = Date.now() - ((await ifPresent(stat(path)))?.mtimeMs ?? Date.now());
    if (age > DAY_MS) await rm(path, { force: true });
  }
}

async function writeTemp(root: string, body: Uint8Array | string): Promise<string> {
  const temp = join(root, TEMP, randomUUID());
  const file = await openNew(temp).catch((cause: Error) => {
    if (!hasErrorCode(cause, "EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOSPC")) throw cause;
    const hint = "Make it writable, or choose another home with SLUICE_HOME.";
    throw new SluiceError("world.conflict", `${root} cannot be written: ${cause.message}`, hint, { cause });
  });
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
  return temp;
}

async function openNew(path: string) {
  await mkdir(dirname(path), { recursive: true });
  return open(path, "wx");
}

/** Names the file, making its folder if need be, and has the folder remember it. */
async function place(path: string, name: () => Promise<void>): Promise<void> {
  try {
    await name();
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT")) throw error;
    await mkdir(dirname(path), { recursive: true });
    await name();
  }
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch (error) {
    if (!hasErrorCode(error, "EINVAL", "EPERM", "EISDIR")) throw error; // some file systems cannot: then nobody can
  } finally {
    await folder.close();
  }
}
