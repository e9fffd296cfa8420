import { createHash } from "node:crypto";
import { sha256 } from "../digest";
import { SluiceError } from "../errors";
import type { Blobs } from "../ports";
import type { Stored } from "./pair";

/** Where a stored file lies: the layout of a DVC 3 remote, so that `dvc pull` works on `data/`. */
export const storedKey = ({ md5 }: Pick<Stored, "md5">) =>
  `data/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;

export const describe = (bytes: Uint8Array): Stored => ({
  md5: createHash("md5").update(bytes).digest("hex"),
  sha256: sha256(bytes),
  bytes: bytes.length,
});

/** A stored photo or mask. Throws `dataset.corrupt` if its SHA-256 is not the one recorded, or it is gone. */
export async function bytes(stored: Stored, { blobs }: { blobs: Blobs }): Promise<Buffer> {
  const hint = "Put the file back from a backup, or remove it and push its batch again.";
  return readTrusted(storedKey(stored), stored.sha256, blobs, hint);
}

/** A blob that is named by its content. Throws `dataset.corrupt`. */
export async function readTrusted(
  key: string,
  digest: string,
  blobs: Blobs,
  hint = "Put the file back from a backup.",
): Promise<Buffer> {
  const body = await blobs.get(key).catch((cause: Error) => {
    throw new SluiceError("dataset.corrupt", `${key} cannot be read: ${cause.message}`, hint, { cause });
  });
  if (sha256(body) === digest) return body;
  throw new SluiceError("dataset.corrupt", `${key} is not what was stored: its SHA-256 differs`, hint);
}

/** JSON with sorted keys and no spaces: equal content, equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
