import { randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** Decoded examples as files, named by their content. */
export interface ExampleStore {
  /**
   * The file of an example; what is not there yet is made, and lies there whole or not at all.
   *
   * @returns its path, and whether it was there
   */
  get(
    key: string,
    bytes: number,
    make: () => Promise<Uint8Array>,
  ): Promise<{ file: string; wasThere: boolean }>;
  /** Removes what was not asked for the longest until all fit into the limit; what this store was asked for stays. */
  trim(): Promise<void>;
  /** Removes a store without a folder of its own. */
  close(): Promise<void>;
}

/** About 5,000 pairs of the default recipe. */
const LIMIT_BYTES = 2 * 2 ** 30;

/** @param folder lasts from training to training; null for a store that goes with its training */
export async function openExampleStore(
  folder: string | null,
  limitBytes: number = LIMIT_BYTES,
): Promise<ExampleStore> {
  const root = folder ?? (await fs.mkdtemp(path.join(os.tmpdir(), "sluice-examples-")));
  await fs.mkdir(root, { recursive: true });
  const used = new Set<string>();
  return {
    async get(key, bytes, make) {
      const file = path.join(root, key);
      used.add(key);
      const found = await fs.stat(file).catch(() => null);
      if (found?.size === bytes) {
        await fs.utimes(file, new Date(), new Date());
        return { file, wasThere: true };
      }
      const made = await make();
      const half = `${file}.${randomUUID()}`; // two pairs of the same content may be made at once
      try {
        await fs.writeFile(half, made);
        await fs.rename(half, file);
      } catch (cause) {
        await fs.rm(half, { force: true });
        throw cause;
      }
      return { file, wasThere: false };
    },
    async trim() {
      const entries = await Promise.all((await fs.readdir(root)).map((name) => entry(root, name)));
      const known = entries.filter((found) => found !== null);
      let total = known.reduce((sum, { size }) => sum + size, 0);
      const unused = known.filter(({ name }) => !used.has(name)).sort((a, b) => a.usedAt - b.usedAt);
      for (const { name, size } of unused) {
        if (total <= limitBytes) return;
        await fs.rm(path.join(root, name), { force: true });
        total -= size;
      }
    },
    close: async () => (folder === null ? fs.rm(root, { recursive: true, force: true }) : undefined),
  };
}

/** Null for what another training removed meanwhile. */
const entry = (root: string, name: string) =>
  fs.stat(path.join(root, name)).then(
    ({ size, mtimeMs }) => ({ name, size, usedAt: mtimeMs }),
    () => null,
  );
