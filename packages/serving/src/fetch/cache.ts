import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Blobs, sha256 } from "@sluice/core";
import * as z from "zod";

/** What a folder holds of models, by key; each with its digest, so that a damaged file is as good as none. */
export interface FileCache {
  /** Undefined where it is not there, damaged, or another one than `digest` says. */
  get(key: string, digest?: string): Promise<Buffer | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

const INDEX = "digests.json";
const Index = z.record(z.string(), z.string());

export async function openCache(folder: string): Promise<FileCache> {
  const digests = Index.safeParse(await readIndex(folder)).data ?? {};
  const at = (key: string) => join(folder, key.replaceAll("/", "_"));
  return {
    async get(key, digest = digests[key]) {
      if (!digest || digests[key] !== digest) return undefined;
      const bytes = await readFile(at(key)).catch(() => undefined);
      return bytes && sha256(bytes) === digest ? bytes : undefined;
    },
    async put(key, bytes) {
      await mkdir(folder, { recursive: true });
      await writeWhole(at(key), bytes);
      digests[key] = sha256(bytes);
      await writeWhole(join(folder, INDEX), JSON.stringify(digests));
    },
  };
}

/** Blobs that are read from the cache where it has them: they are never overwritten, so a key is enough. */
export async function cachedBlobs(blobs: Blobs, folder: string): Promise<Blobs> {
  const cache = await openCache(folder);
  return { ...blobs, get: async (key) => (await cache.get(key)) ?? blobs.get(key) };
}

const readIndex = (folder: string): Promise<unknown> =>
  readFile(join(folder, INDEX), "utf8").then(JSON.parse, () => ({}));

async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}
