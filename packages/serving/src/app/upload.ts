import { SluiceError } from "@sluice/core";
import { readBody, type Source, tooLarge } from "./body";
import type { Limits } from "./deps";
import { safeName } from "./file-name";
import { mediaType, shownType } from "./media-type";
import { type FormFile, filesOf } from "./multipart";
import { isZip, type PhotoFile, photosOfZip } from "./photo-zip";
import type { Account } from "./uploads";

/** A photo as it came: not decoded, its name fit for messages. */
export interface Upload {
  name: string;
  bytes: Uint8Array;
}

/** Bytes of a form around its photos. */
const FORM_LINES = 10_000;
const SEND_A_PHOTO = "Send a JPEG, PNG or WebP, as multipart field `image` or as the body itself.";
const SEND_PHOTOS = "Send the photos as multipart fields `images`, one for each, or as a zip.";
const FORM = "multipart/form-data";
const ZIPS = ["application/zip", "application/x-zip-compressed", "application/octet-stream"];

/** Throws `usage.invalid`, `serving.body_too_large`, `serving.busy`, `photo.unsupported`. */
export async function onePhoto(source: Source, limit: number, account?: Account): Promise<Upload> {
  const type = mediaType(source.request);
  if (type === FORM) {
    const photos = await readFiles(source, limit, ["image"], account);
    if (photos.length === 1) return toUpload(photos[0], limit);
    const found = photos.length === 0 ? "The form has no file" : `The form has ${photos.length} files`;
    throw new SluiceError(
      "usage.invalid",
      `${found} in its field \`image\``,
      "Send one photo, or several to /batch-predict.",
    );
  }
  if (type !== "" && type !== "application/octet-stream" && !type.startsWith("image/")) {
    const hint = `${SEND_A_PHOTO} With curl: -F image=@photo.jpg`;
    throw new SluiceError("photo.unsupported", `The body is ${shownType(type)}`, hint);
  }
  const bytes = await readBody(source, limit, account);
  if (bytes.length === 0) throw new SluiceError("usage.invalid", "The request has no body", SEND_A_PHOTO);
  return { name: safeName(""), bytes };
}

/** The photos of a request, in order, each to be read when its turn comes. */
export interface Batch {
  photos: PhotoFile[];
  close(): void;
}

/**
 * The files of a form's fields `images` (or `image`), or of a zip: that is the body, or a file among them.
 *
 * Throws `usage.invalid`, `serving.body_too_large`, `serving.busy`, `photo.unsupported`, `request.too_many_files`,
 * `batch.zip_unsafe`, `input.unreadable`.
 */
export async function manyPhotos(source: Source, limits: Limits, account?: Account): Promise<Batch> {
  const batch = joined(await partsOf(source, limits, account));
  const { length } = batch.photos;
  if (length > 0 && length <= limits.batchPhotos) return batch;
  batch.close();
  if (length === 0) throw new SluiceError("usage.invalid", "The request has no photo", SEND_PHOTOS);
  throw new SluiceError(
    "request.too_many_files",
    `The request has ${length} photos; the limit is ${limits.batchPhotos}`,
    "Send them in several requests.",
  );
}

async function partsOf(source: Source, limits: Limits, account?: Account): Promise<Batch[]> {
  const type = mediaType(source.request);
  if (type === FORM) {
    const files = await readFiles(source, limits.batchBytes, ["images", "image"], account);
    return opened(files, limits);
  }
  if (!ZIPS.includes(type)) {
    const what = type === "" ? "untyped" : shownType(type);
    throw new SluiceError("photo.unsupported", `The body is ${what}, no form and no zip`, SEND_PHOTOS);
  }
  const bytes = await readBody(source, limits.batchBytes, account);
  return [await photosOfZip(bytes, "", limits)];
}

/** Throws what a zip among the files is refused for; the others are closed then. */
async function opened(files: FormFile[], limits: Limits): Promise<Batch[]> {
  const parts: Batch[] = [];
  try {
    for (const { name, bytes } of files) {
      if (isZip(bytes)) parts.push(await photosOfZip(bytes, name, limits));
      else parts.push({ photos: [asFile({ name: safeName(name), bytes }, limits)], close: () => {} });
    }
    return parts;
  } catch (error) {
    joined(parts).close();
    throw error;
  }
}

const asFile = (upload: Upload, { bodyBytes }: Limits): PhotoFile => ({
  name: upload.name,
  read: async () => toUpload(upload, bodyBytes).bytes,
});

const joined = (parts: Batch[]): Batch => ({
  photos: parts.flatMap(({ photos }) => photos),
  close: () => {
    for (const { close } of parts) close();
  },
});

/** Throws `serving.body_too_large` naming the file. */
function toUpload(file: Upload, limit: number): Upload {
  const name = safeName(file.name);
  if (file.bytes.length > limit) throw tooLarge(name, limit);
  return { name, bytes: file.bytes };
}

async function readFiles(
  source: Source,
  limit: number,
  fields: string[],
  account?: Account,
): Promise<FormFile[]> {
  const body = await readBody(source, limit, account, FORM_LINES);
  const files = filesOf(body, source.request.headers.get("content-type") ?? "");
  return files.filter(({ field }) => fields.includes(field));
}
