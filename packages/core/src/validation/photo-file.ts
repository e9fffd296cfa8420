import { MAX_FILE_BYTES } from "../batch/source";
import type { Size } from "../box";
import { describe } from "../dataset/files";
import type { Stored } from "../dataset/pair";
import { sha256 } from "../digest";
import { isSluiceError } from "../errors";
import * as Photo from "../photo";
import { perceptualHash, thumbnail } from "../split/phash";
import type { Fault } from "./report";

export interface PhotoFacts {
  photo: Stored;
  width: number;
  height: number;
  orientation: number;
  /** Mean of the grey photo, 0..255. */
  brightness: number;
  phash: string;
  /** SHA-256 of the upright pixels: equal for the same picture in another file. */
  pixels: string;
}

export type Inspected<T> = { facts?: T; size?: Size; faults: Fault[] };

const PHOTO_LIMIT = {
  bytes: Photo.MAX_BYTES,
  hint: `The limit is ${Photo.MAX_BYTES / 1e6} MB a photo; save it as JPEG, or smaller.`,
};
const EXTENSIONS = { jpeg: /\.jpe?g$/i, png: /\.png$/i, webp: /\.webp$/i };

/** The header's faults: what is known before anything is decoded. */
export async function inspectHeader(
  body: Buffer,
  name: string,
  formats: readonly Photo.Header["format"][],
  limit: { bytes: number; hint: string } = { bytes: MAX_FILE_BYTES, hint: "The limit is 128 MiB a file." },
): Promise<{ header?: Photo.Header; faults: Fault[] }> {
  const fault = (code: Fault["code"], message: string, hint: string): Fault => ({
    code,
    file: name,
    message,
    hint,
  });
  if (body.length > limit.bytes) {
    return { faults: [fault("file_too_large", `has ${body.length} bytes`, limit.hint)] };
  }
  try {
    const header = await Photo.header(body, name);
    if (!formats.includes(header.format)) {
      return { faults: [fault("unsupported", `is ${header.format}`, `Save it as ${formats.join(" or ")}.`)] };
    }
    if (EXTENSIONS[header.format].test(name)) return { header, faults: [] };
    const hint = `Name it .${header.format === "jpeg" ? "jpg" : header.format}, or save it again.`;
    return { header, faults: [fault("mislabelled", `is ${header.format}, whatever its name says`, hint)] };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const message = error.message.replace(`${name} `, "");
    if (error.code === "photo.too_large") return { faults: [fault("photo_too_large", message, error.hint)] };
    if (error.code === "photo.unsupported") return { faults: [fault("unsupported", message, error.hint)] };
    return { faults: [fault("unreadable", message, error.hint)] };
  }
}

/** Decodes a photo once and learns all that the dataset and the split want to know of it. */
export async function inspectPhoto(body: Buffer, name: string): Promise<Inspected<PhotoFacts>> {
  const { header, faults } = await inspectHeader(body, name, Photo.FORMATS, PHOTO_LIMIT);
  if (!header) return { faults };
  const size = { width: header.width, height: header.height };
  try {
    const pixels = await Photo.upright(body, name);
    const grey = await thumbnail(pixels);
    const facts = {
      photo: describe(body),
      ...size,
      orientation: header.orientation,
      brightness: Math.round((grey.reduce((sum, v) => sum + v, 0) / grey.length) * 10) / 10,
      phash: perceptualHash(grey),
      pixels: sha256(pixels.data),
    };
    return { facts, size, faults };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return { size, faults: [...faults, truncated(name)] };
  }
}

export const truncated = (name: string): Fault => ({
  code: "truncated",
  file: name,
  message: "is damaged or cut off: it cannot be decoded to its end",
  hint: "Copy or export it again.",
});
