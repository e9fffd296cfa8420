import fs from "node:fs/promises";
import path from "node:path";
import { type Blobs, SluiceError } from "@sluice/core";
import type { TrainerWorld } from "../world";

/** A world for the trainer as a program of its own: blobs are the files of a folder. */
export const openFolderWorld = (root: string): TrainerWorld => ({
  blobs: folderBlobs(root),
  clock: { now: () => Date.now() },
  cacheFolder: path.join(root, "cache"),
});

/** What SLUICE_WORLD asks of a module. */
export const openHostWorld = (): TrainerWorld => openFolderWorld(process.env.TRAINER_TEST_FOLDER ?? ".");

function folderBlobs(root: string): Blobs {
  const file = (key: string) => path.join(root, key);
  const has = (key: string) =>
    fs.access(file(key)).then(
      () => true,
      () => false,
    );
  return {
    has,
    get: (key) =>
      fs.readFile(file(key)).catch(() => {
        throw new SluiceError("blob.missing", `There is no blob ${key}`);
      }),
    async put(key, body, { ifAbsent = false } = {}) {
      if (ifAbsent && (await has(key))) return false;
      await fs.mkdir(path.dirname(file(key)), { recursive: true });
      const half = `${file(key)}.${process.pid}.${performance.now()}`;
      await fs.writeFile(half, body);
      await fs.rename(half, file(key));
      return true;
    },
    async list(prefix) {
      const entries = await fs.readdir(root, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      const keys = files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
      return keys.filter((key) => key.startsWith(prefix)).sort();
    },
    remove: (key) => fs.rm(file(key), { force: true }),
  };
}
