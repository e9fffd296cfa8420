import { SluiceError } from "@sluice/core";
import { openZip, ZIP_LIMITS, type Zip } from "@sluice/core/batch/zip";
import { tooLarge } from "./body";
import type { Limits } from "./deps";
import { safeName } from "./file-name";

/** A photo that has come, or why it cannot be had. */
export interface PhotoFile {
  /** Fit for messages. */
  name: string;
  /** Not decoded. Throws `serving.body_too_large`, `input.unreadable`. */
  read(): Promise<Uint8Array>;
}

/** Of a request's zip: entries beyond are not even looked at, and it unpacks to no more. */
const LIMITS = { ...ZIP_LIMITS, entries: 5_000, totalBytes: 2 ** 30 };

/** What only somebody who means harm puts into a zip: none of it is answered. */
const HARMFUL = new Set(["zip_traversal", "zip_link", "zip_bomb"]);

/** By its first bytes: with files in it, or empty. */
export const isZip = (bytes: Uint8Array): boolean =>
  ["PK\x03\x04", "PK\x05\x06"].includes(Buffer.from(bytes.subarray(0, 4)).toString("latin1"));

/**
 * The files of a zip, unpacked one by one when they are read. Close it after use.
 *
 * Throws `batch.zip_unsafe` where an entry points out of it, is a link or a bomb; `input.unreadable` where it is
 * damaged. An entry that is encrypted, doubled or packed in an unknown way has its own fault.
 */
export async function photosOfZip(
  bytes: Uint8Array,
  zipName: string,
  { bodyBytes }: Pick<Limits, "bodyBytes">,
): Promise<{ photos: PhotoFile[]; close(): void }> {
  const name = safeName(zipName, "The zip");
  const zip = await openZip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), name, LIMITS);
  const harm = zip.faults.find(({ code }) => HARMFUL.has(code));
  if (harm) {
    zip.close();
    const what = harm.file === "" ? "" : ` ${safeName(harm.file)}`;
    throw new SluiceError("batch.zip_unsafe", `${name}:${what} ${harm.message}`, "Zip only photos.");
  }
  const photos = [
    ...zip.names.map((file) => photoIn(zip, file, bodyBytes)),
    ...zip.faults.map(({ file, message, hint }) => ({
      name: safePath(file),
      read: () => Promise.reject(new SluiceError("input.unreadable", `${safePath(file)} ${message}`, hint)),
    })),
  ];
  return { photos, close: zip.close };
}

const photoIn = (zip: Zip, file: string, bodyBytes: number): PhotoFile => ({
  name: safePath(file),
  read: async () => {
    if (zip.sizeOf(file) > bodyBytes) throw tooLarge(safePath(file), bodyBytes);
    return zip.read(file);
  },
});

/** With its folders: two files of a zip may have one name. */
const safePath = (file: string) =>
  file
    .split("/")
    .map((part) => safeName(part))
    .join("/");
