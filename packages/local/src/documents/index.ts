import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Documents } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import type * as z from "zod";
import { keyPath } from "../files/key";
import { filesUnder } from "../files/walk";
import { createFile, ifPresent } from "../files/write";
import { inTurn } from "./in-turn";

const VERSION_FILE = /^\d{8}\.json$/;
const ATTEMPTS = 1_000;
const UNWRITTEN = "Nothing was written.";
const MEND = "Mend the file, or delete it: the version before it then counts again.";
const versionFile = (version: number) => `${String(version).padStart(8, "0")}.json`;

/**
 * JSON documents under keys: each key is a folder, each version of it a file that is never changed,
 * `<key>/00000001.json` and up. The highest counts. A write is the creation of the next file, of which the file
 * system lets one writer win, so there are no locks to be left behind.
 */
export function fileDocuments(dir: string): Documents {
  const turns = inTurn();
  return {
    async read(key, schema) {
      const folder = keyPath(dir, key);
      const version = await latest(folder);
      return version === 0 ? undefined : parse(join(folder, versionFile(version)), schema);
    },

    update: (key, schema, change) =>
      turns(key, async () => {
        const folder = keyPath(dir, key);
        for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
          const version = await latest(folder);
          const current = version === 0 ? undefined : await parse(join(folder, versionFile(version)), schema);
          const next = change(current);
          if (next === current) return next;
          const json = `${JSON.stringify(fitting(next, schema, `The new ${key}`, UNWRITTEN), null, 2)}\n`;
          const isFirst = await createFile(dir, join(folder, versionFile(version + 1)), json);
          if (isFirst) return fitting(JSON.parse(json), schema, `The new ${key}`, UNWRITTEN);
          await pause(Math.random() * Math.min(attempt, 20));
        }
        throw new SluiceError(
          "world.conflict",
          `Document ${key} was changed by others ${ATTEMPTS} times in between`,
          "Try again when less is going on.",
        );
      }),

    async list(prefix) {
      const files = await filesUnder(dir, prefix);
      const keys = files.filter((file) => VERSION_FILE.test(basename(file))).map(dirname);
      return [...new Set(keys)].filter((key) => key.startsWith(prefix)).sort();
    },
  };
}

async function latest(folder: string): Promise<number> {
  const names = (await ifPresent(readdir(folder))) ?? [];
  return names
    .filter((name) => VERSION_FILE.test(name))
    .reduce((highest, name) => Math.max(highest, Number.parseInt(name, 10)), 0);
}

async function parse<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  return fitting(asJson(await readFile(path, "utf8"), path), schema, path, MEND);
}

function asJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SluiceError("document.invalid", `${path} is no JSON`, MEND, { cause });
  }
}

function fitting<S extends z.ZodType>(value: unknown, schema: S, what: string, hint: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "all of it";
  throw new SluiceError("document.invalid", `${what} does not fit: ${where}: ${issue?.message}`, hint);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
