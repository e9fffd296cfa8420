import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, getFileNameLowLevel, openPromise, type ZipFile } from "yauzl";
import { SluiceError } from "../errors";
import { isJunk, printable, whyUnsafe } from "./names";
import type { Refusal } from "./refusal";
import { type BatchFiles, MAX_FILE_BYTES } from "./source";

/** What a zip may hold; beyond it is taken for a bomb. */
export const ZIP_LIMITS = {
  entries: 50_000,
  totalBytes: 8 * 2 ** 30,
  fileBytes: MAX_FILE_BYTES,
  /** Unpacked to packed, for files and zips over `ratioFromBytes` unpacked. */
  ratio: 100,
  ratioFromBytes: 2 ** 20,
};
export type ZipLimits = typeof ZIP_LIMITS;

export interface Zip extends BatchFiles {
  /** Entries with a fault are not among the names. */
  faults: Refusal[];
  /** Bytes of a file once it is unpacked, as the zip says; one that unpacks to more is damaged. */
  sizeOf(name: string): number;
  close(): void;
}

/**
 * Looks at every entry of a zip without unpacking it. One folder around `images/` and `masks/` is taken off.
 *
 * @param zip path of a file, or its bytes
 * @param name for messages
 * Throws `input.unreadable` if it is no zip or its directory is damaged.
 */
export async function openZip(zip: string | Buffer, name: string, limits = ZIP_LIMITS): Promise<Zip> {
  const opened = await open(zip).catch((cause: Error) => {
    throw noZip(name, cause);
  });
  try {
    const { entries, faults } = await inspect(opened, limits);
    const files = withoutWrapper(entries);
    return {
      names: [...files.keys()].sort(),
      faults,
      sizeOf: (file) => files.get(file)?.uncompressedSize ?? 0,
      read: (file) => readEntry(opened, files.get(file), `${name}: ${file}`),
      close: () => opened.close(),
    };
  } catch (cause) {
    opened.close();
    throw noZip(name, cause);
  }
}

/** Names are not decoded by the library, for it would stop at the first that is unsafe. */
const OPTIONS = { decodeStrings: false, autoClose: false, lazyEntries: true };
const open = (zip: string | Buffer) =>
  typeof zip === "string" ? openPromise(zip, OPTIONS) : fromBufferPromise(zip, OPTIONS);

function noZip(name: string, cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${name} cannot be read as a zip: ${reason}`;
  return new SluiceError("input.unreadable", message, "Zip it again.", { cause });
}

async function inspect(zip: ZipFile, limits: ZipLimits) {
  const entries = new Map<string, Entry>();
  const faults: Refusal[] = [];
  let unpacked = 0;
  let packed = 0;
  for await (const entry of zip.eachEntry()) {
    const file = getFileNameLowLevel(
      entry.generalPurposeBitFlag,
      entry.fileNameRaw,
      entry.extraFields,
      false,
    );
    const fault = entryFault(file, entry, entries.has(file), limits);
    if (!fault) unpacked += entry.uncompressedSize; // what is refused by its name is never unpacked
    packed += entry.compressedSize;
    const whole = wholeFault(zip, unpacked, packed, limits);
    if (whole) return { entries: new Map<string, Entry>(), faults: [...faults, whole] };
    if (isJunk(file)) continue;
    if (fault) faults.push({ ...fault, file: printable(file) });
    else if (!file.endsWith("/")) entries.set(file, entry);
  }
  return { entries, faults };
}

const bomb = (message: string) => ({
  code: "zip_bomb" as const,
  message,
  hint: "Zip only photos and masks, or push the folder.",
});

/** Entries that share their bytes (D. Fifield, "A better zip bomb", 2019) pack more than the file holds. */
function wholeFault(zip: ZipFile, unpacked: number, packed: number, limits: ZipLimits): Refusal | undefined {
  const file = "";
  if (zip.entryCount > limits.entries) return { file, ...bomb(`it has ${zip.entryCount} entries`) };
  if (unpacked > limits.totalBytes) return { file, ...bomb(`it unpacks to over ${limits.totalBytes} bytes`) };
  if (packed > zip.fileSize) return { file, ...bomb("its entries overlap") };
  const isOver = unpacked > 16 * limits.ratioFromBytes && unpacked > limits.ratio * zip.fileSize;
  return isOver ? { file, ...bomb(`it unpacks to over ${limits.ratio} times its size`) } : undefined;
}

function entryFault(
  file: string,
  entry: Entry,
  isThere: boolean,
  limits: ZipLimits,
): Omit<Refusal, "file"> | undefined {
  const reason = whyUnsafe(file.replace(/\/$/, ""));
  if (reason) return { code: "zip_traversal", message: reason, hint: "Zip the folder again." };
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (type === 0o120000)
    return { code: "zip_link", message: "is a link", hint: "Put the file itself there." };
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) {
    return { code: "zip_link", message: "is no plain file", hint: "Take it out of the zip." };
  }
  if (isThere) return { code: "duplicate_id", message: "is in the zip twice", hint: "Zip the folder again." };
  if (entry.isEncrypted()) {
    return { code: "zip_encrypted", message: "is encrypted", hint: "Zip without a password." };
  }
  if (!entry.canDecodeFileData()) {
    return { code: "zip_damaged", message: "is packed in an unknown way", hint: "Zip with deflate." };
  }
  if (entry.uncompressedSize > limits.fileBytes) return bomb(`unpacks to ${entry.uncompressedSize} bytes`);
  const isOver =
    entry.uncompressedSize > limits.ratioFromBytes &&
    entry.uncompressedSize > limits.ratio * entry.compressedSize;
  return isOver ? bomb(`unpacks to over ${limits.ratio} times its size`) : undefined;
}

/** Takes off the one folder that lies around everything. */
function withoutWrapper(entries: Map<string, Entry>): Map<string, Entry> {
  const [wrapper, ...others] = new Set([...entries.keys()].map((file) => file.split("/")[0]));
  const isWrapped = wrapper && others.length === 0 && wrapper !== "images" && wrapper !== "masks";
  if (!isWrapped || entries.has(wrapper)) return entries;
  return new Map([...entries].map(([file, entry]) => [file.slice(wrapper.length + 1), entry]));
}

async function readEntry(zip: ZipFile, entry: Entry | undefined, name: string): Promise<Buffer> {
  if (!entry) throw new SluiceError("input.unreadable", `${name} is not in the zip`, "Zip the folder again.");
  const chunks: Buffer[] = [];
  try {
    // The stream ends with an error as soon as it gives more bytes than the entry states.
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk);
  } catch (cause) {
    throw damaged(name, cause);
  }
  const body = Buffer.concat(chunks);
  if (crc32(body) !== entry.crc32) throw damaged(name, "its checksum differs");
  return body;
}

const damaged = (name: string, cause: unknown) =>
  new SluiceError("input.unreadable", `${name} is damaged in the zip`, "Zip the folder again.", { cause });
