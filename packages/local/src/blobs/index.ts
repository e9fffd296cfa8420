import { readFile, rm, stat } from "node:fs/promises";
import type { Blobs } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import { keyPath } from "../files/key";
import { filesUnder } from "../files/walk";
import { createFile, hasErrorCode, ifPresent, replaceFile } from "../files/write";

/** Bytes under keys: each key is a file below the folder. */
export function fileBlobs(dir: string): Blobs {
  const isFile = async (path: string) => (await ifPresent(stat(path)))?.isFile() ?? false;

  return {
    async get(key) {
      const path = keyPath(dir, key);
      if (await isFile(path)) {
        const body = await ifPresent(readFile(path));
        if (body) return body;
      }
      throw new SluiceError("blob.missing", `There is no blob ${key}`, `Looked for it at ${path}.`);
    },

    async put(key, body, { ifAbsent = false } = {}) {
      const path = keyPath(dir, key);
      try {
        if (!ifAbsent) await replaceFile(dir, path, body);
        else if ((await isFile(path)) || !(await createFile(dir, path, body))) return occupied(path, key);
        return true;
      } catch (cause) {
        throw hasErrorCode(cause, "EISDIR", "ENOTDIR", "ENOTEMPTY", "EEXIST") ? conflict(key, cause) : cause;
      }
    },

    has: async (key) => isFile(keyPath(dir, key)),

    list: async (prefix) => (await filesUnder(dir, prefix)).sort(),

    async remove(key) {
      const path = keyPath(dir, key);
      if (await isFile(path)) await rm(path, { force: true });
    },
  };
}

/** False, the answer to a put whose key is there already; a folder in its place is no such key. */
async function occupied(path: string, key: string): Promise<false> {
  if ((await ifPresent(stat(path)))?.isDirectory()) throw conflict(key);
  return false;
}

/** A bucket takes both `a` and `a/b`; a folder cannot. */
const conflict = (key: string, cause?: unknown) =>
  new SluiceError(
    "blob.conflict",
    `${key} cannot be stored: a part of it is a file, or it is a folder`,
    "Use another name.",
    { cause },
  );
