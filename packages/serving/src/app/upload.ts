import { SluiceError } from "@sluice/core";
import { readBody, tooLarge } from "./body";
import { type FormFile, filesOf } from "./multipart";

/** A photo as it came: not decoded, its name fit for messages. */
export interface Upload {
  name: string;
  bytes: Uint8Array;
}

/** Bytes of a form around its photos. */
const FORM_LINES = 10_000;
const UNNAMED = "The photo";
const SEND_A_PHOTO = "Send a JPEG, PNG or WebP, as multipart field `image` or as the body itself.";

/** A client's file name, safe to show: no folders, no control or invisible characters, at most 80 long. */
export function safeName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const visible = base.replace(/\p{C}/gu, "").replace(/\s+/g, " ").trim();
  return [...visible].slice(0, 80).join("") || UNNAMED;
}

/** Throws `usage.invalid`, `serving.body_too_large`, `photo.unsupported`. */
export async function onePhoto(request: Request, limit: number): Promise<Upload> {
  const type = mediaType(request);
  if (type === "multipart/form-data") {
    const photos = await readFiles(request, limit, ["image"]);
    if (photos.length === 1) return toUpload(photos[0], limit);
    const found = photos.length === 0 ? "The form has no file" : `The form has ${photos.length} files`;
    throw new SluiceError(
      "usage.invalid",
      `${found} in its field \`image\``,
      "Send one photo, or several to /batch-predict.",
    );
  }
  if (type !== "" && type !== "application/octet-stream" && !type.startsWith("image/")) {
    throw new SluiceError(
      "photo.unsupported",
      `The body is ${/^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : "of an unknown type"}`,
      `${SEND_A_PHOTO} With curl: -F image=@photo.jpg`,
    );
  }
  const bytes = await readBody(request, limit);
  if (bytes.length === 0) throw new SluiceError("usage.invalid", "The request has no body", SEND_A_PHOTO);
  return { name: UNNAMED, bytes };
}

/** The files of a form's fields `images` (or `image`), in order. Throws `usage.invalid`, `serving.body_too_large`. */
export async function manyPhotos(
  request: Request,
  { batchBytes, batchPhotos }: { batchBytes: number; batchPhotos: number },
): Promise<FormFile[]> {
  const fields = "as multipart fields `images`, one for each photo.";
  if (mediaType(request) !== "multipart/form-data") {
    throw new SluiceError("photo.unsupported", "The body is no multipart form", `Send the photos ${fields}`);
  }
  const photos = await readFiles(request, batchBytes, ["images", "image"]);
  if (photos.length === 0)
    throw new SluiceError("usage.invalid", "The form has no photo", `Send them ${fields}`);
  if (photos.length <= batchPhotos) return photos;
  throw new SluiceError(
    "usage.invalid",
    `The form has ${photos.length} photos; the limit is ${batchPhotos}`,
    "Send them in several requests.",
  );
}

/** Throws `serving.body_too_large` naming the file. */
export function toUpload(file: FormFile, limit: number): Upload {
  const name = safeName(file.name);
  if (file.bytes.length > limit) throw tooLarge(name, limit);
  return { name, bytes: file.bytes };
}

const mediaType = (request: Request) =>
  (request.headers.get("content-type") ?? "").split(";", 1)[0].trim().toLowerCase();

const readFiles = async (request: Request, limit: number, fields: string[]): Promise<FormFile[]> => {
  const files = filesOf(
    await readBody(request, limit, FORM_LINES),
    request.headers.get("content-type") ?? "",
  );
  return files.filter(({ field }) => fields.includes(field));
};
