import { createHash } from "node:crypto";
import { isSluiceError, SluiceError } from "../errors";
import { mapLimit } from "../map-limit";
import type { Origin } from "./origin";
import type { Refusal } from "./refusal";

/** A file that is larger is refused; no photo within the pixel limit comes near it. */
export const MAX_FILE_BYTES = 128 * 2 ** 20;
const READERS = 4;

/** The files of a batch, by name: `images/…`, `masks/…`. */
export interface BatchFiles {
  /** Sorted. */
  names: string[];
  /** Throws `input.unreadable`, `blob.missing`. */
  read(name: string): Promise<Buffer>;
}

/** A batch that is still outside: a folder or a zip on disk. */
export interface Source {
  /** The first 12 hex digits of the digest: same content, same batch. */
  batch: string;
  /** SHA-256 over the sorted names and the SHA-256 of each file, and over what is refused. */
  digest: string;
  entries: SourceEntry[];
  /** What is not among the entries, and rejects the batch. */
  refusals: Refusal[];
  /** The commit that brings it, where one does. */
  origin?: Origin;
  close(): void;
}
export interface SourceEntry {
  /** `images/meter_17.jpg` */
  name: string;
  /** Throws `input.unreadable`, also when the file has changed since it was first read. */
  bytes(): Promise<Buffer>;
}

const hash = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/**
 * Reads every file once for the digest; then each entry can be read again. One that cannot be read is refused.
 *
 * @param refused what is known already to be refused
 */
export async function digested(
  files: BatchFiles,
  { refused, unreadable, close }: { refused: Refusal[]; unreadable: Refusal["code"]; close: () => void },
): Promise<Source> {
  const refusals = [...refused];
  const read = async (name: string) => {
    try {
      return [{ name, sha256: hash(await files.read(name)) }];
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "input.unreadable") throw error;
      const message = error.message.split(`${name} `).at(-1) ?? "";
      refusals.push({ code: unreadable, file: name, message, hint: error.hint });
      return [];
    }
  };
  const good = (await mapLimit([...files.names].sort(), READERS, read)).flat();
  refusals.sort((a, b) => Number(a.file > b.file) - Number(a.file < b.file)); // read at once, they fail in any order
  const lines = [
    ...good.map(({ name, sha256 }) => `${name}\0${sha256}\n`),
    ...refusals.map(({ code, file }) => `${code}\0${file}\n`),
  ];
  const digest = hash(lines.join(""));
  const entries = good.map(({ name, sha256 }) => ({
    name,
    bytes: async () => {
      const body = await files.read(name);
      if (hash(body) === sha256) return body;
      throw new SluiceError("input.unreadable", `${name} changed while it was read`, "Push again.");
    },
  }));
  return { batch: digest.slice(0, 12), digest, entries, refusals, close };
}
