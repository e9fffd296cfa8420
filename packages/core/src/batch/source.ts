import { createHash } from "node:crypto";
import { mapLimit } from "../map-limit";

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
  /** SHA-256 over the sorted names and the SHA-256 of each file. */
  digest: string;
  entries: SourceEntry[];
  close(): void;
}
export interface SourceEntry {
  /** `images/meter_17.jpg` */
  name: string;
  /** Throws `input.unreadable`, also when the file has changed since it was first read. */
  bytes(): Promise<Buffer>;
}

const hash = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/** Reads every file once for the digest; then each entry can be read again. */
export async function digested(
  files: BatchFiles,
  whenChanged: (name: string) => Error,
  close: () => void,
): Promise<Source> {
  const names = [...files.names].sort();
  const hashes = await mapLimit(names, READERS, async (name) => hash(await files.read(name)));
  const digest = hash(names.map((name, i) => `${name}\0${hashes[i]}\n`).join(""));
  const entries = names.map((name, i) => ({
    name,
    bytes: async () => {
      const body = await files.read(name);
      if (hash(body) !== hashes[i]) throw whenChanged(name);
      return body;
    },
  }));
  return { batch: digest.slice(0, 12), digest, entries, close };
}
