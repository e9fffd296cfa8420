import { readFile, rm, stat } from "node:fs/promises";
import type { Blobs } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import { keyPath } from "../files/key";
import { filesUnder } from "../files/walk";
import { createFile, ifPresent, replaceFile } from "../files/write";

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
        if (ifAbsent) return !(await isFile(path)) && (await createFile(dir, path, body));
        await replaceFile(dir, path, body);
        return true;
      } catch (cause) {
        throw asConflict(cause, key);
      }
    },

    has: (key) => isFile(keyPath(dir, key)),

    list: async (prefix) => (await filesUnder(dir, prefix)).sort(),

    async remove(key) {
      const path = keyPath(dir, key);
      if (await isFile(path)) await rm(path, { force: true });
    },
  };
}

/** A bucket takes both `a` and `a/b`; a folder cannot. */
function asConflict(cause: unknown, key: string): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "EISDIR" && code !== "ENOTDIR" && code !== "ENOTEMPTY") return cause;
  const message = `${key} cannot be stored: a part of it is a file, or it is a folder`;
  return new SluiceError("blob.conflict", message, "Use another name.", { cause });
}
