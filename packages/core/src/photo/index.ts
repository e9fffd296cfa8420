import sharp, { type Sharp } from "sharp";
import type { Size } from "../box";
import { SluiceError } from "../errors";
import { stretch } from "../kernels/index";
import { signature } from "./signature";

/** Photos over this many pixels are refused from their header, before decoding. */
const MAX_PIXELS = 25_000_000;
/** As in a JPEG: a PNG of millions of rows of one pixel takes fifty times a photo's time, in a few kilobytes. */
const MAX_SIDE = 65_535;
/** Photos over this many bytes are refused by serving, so they never enter the dataset. */
export const MAX_BYTES = 15_000_000;
/** The file formats that are read; others are refused even where the library could. */
export const FORMATS = ["jpeg", "png", "webp"] as const;

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"] });
sharp.cache(false);
sharp.concurrency(1); // photos are decoded side by side; several threads for one take a tenth more CPU

export interface Header {
  format: (typeof FORMATS)[number];
  /** Of the upright photo, px. */
  width: number;
  height: number;
  /** EXIF orientation, 1 (upright) to 8. */
  orientation: number;
}

/**
 * What a photo's header says, without decoding it.
 *
 * @param name used in messages only
 * Throws `photo.unreadable`, `photo.unsupported`, `photo.too_large`.
 */
export async function header(photo: Uint8Array, name: string): Promise<Header> {
  assertRead(photo, name);
  const meta = await metadata(photo).catch((cause: Error) => {
    const message = `${name} is damaged: its header cannot be read`;
    throw new SluiceError("photo.unreadable", message, "Export it again.", { cause });
  });
  const format = FORMATS.find((f) => f === meta.format);
  if (!format) throw new SluiceError("photo.unsupported", `${name} is ${meta.format}`, SAVE_AS);
  assertSize(meta, name);
  const { width, height } = meta.autoOrient;
  return { format, width, height, orientation: meta.orientation ?? 1 };
}

/** Throws `photo.too_large`. */
export function assertSize({ width, height }: Size, name: string): void {
  const most =
    width * height > MAX_PIXELS
      ? `${MAX_PIXELS / 1e6} megapixels`
      : Math.max(width, height) > MAX_SIDE && `${MAX_SIDE} px a side`;
  if (!most) return;
  throw new SluiceError(
    "photo.too_large",
    `${name} has ${width}x${height} px; the limit is ${most}`,
    "Make it smaller.",
  );
}

/** Tells a file that is no photo of ours from one that is damaged. */
function assertRead(photo: Uint8Array, name: string): void {
  if (photo.length === 0) throw new SluiceError("photo.unreadable", `${name} is empty`, "Export it again.");
  const found = signature(photo);
  if (found?.isRead) return;
  throw new SluiceError(
    "photo.unsupported",
    `${name} is ${found?.format ?? "no JPEG, PNG or WebP"}`,
    SAVE_AS,
  );
}
const SAVE_AS = "Save it as JPEG, PNG or WebP; its name does not matter.";

/** Async, for some files are refused before there is a promise. */
const metadata = async (photo: Uint8Array) => sharp(photo, { limitInputPixels: false }).metadata();

/** Decoded pixels, rows from the top. */
export interface Pixels {
  data: Buffer;
  width: number;
  height: number;
}

const open = (bytes: Uint8Array) =>
  sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error" }).autoOrient();

async function decode(photo: Uint8Array, name: string, change: (upright: Sharp) => Sharp): Promise<Pixels> {
  try {
    const { data, info } = await change(open(photo)).raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (cause) {
    const message = `${name} is damaged: it cannot be decoded`;
    throw new SluiceError("photo.unreadable", message, "Export it again.", { cause });
  }
}

/** The upright photo: [h, w, 3] uint8, RGB. Throws `photo.unreadable`. */
export const upright = (photo: Uint8Array, name: string): Promise<Pixels> =>
  decode(photo, name, (image) => image.toColourspace("srgb").removeAlpha());

/** What the networks look at: no side is longer, px. Larger photos are made smaller while they are decoded. */
const VIEW_SIDE = 1280;

/** An upright photo at working size, [height, width, 3] uint8, RGB, and how large the photo itself is. */
export interface View extends Pixels {
  photo: Size;
}

/**
 * The first half of the one preprocessing: upright by EXIF, no side over 1,280 px. Training, evaluation and serving
 * all come here, and go on by `fitted` and by `CloseUp.sample`.
 *
 * Throws `photo.unreadable`, `photo.unsupported`, `photo.too_large`.
 */
export async function view(photo: Uint8Array, name: string): Promise<View> {
  const { width, height } = await header(photo, name);
  const isLarge = Math.max(width, height) > VIEW_SIDE;
  const pixels = await decode(photo, name, (image) =>
    (isLarge ? image.resize(VIEW_SIDE, VIEW_SIDE, { fit: "inside", kernel: "linear" }) : image)
      .toColourspace("srgb")
      .removeAlpha(),
  );
  return { ...pixels, photo: { width, height } };
}

/** A whole picture stretched to a network's input: [size.height, size.width, channels] uint8. */
export const fitted = (
  { data, width, height }: Size & { data: Uint8Array },
  size: Size,
  channels: 1 | 3 = 3,
): Uint8Array => stretch({ data, width, height, channels }, size);

/** A mask, upright: [h, w] uint8 as stored. Throws `photo.unreadable`. */
export const maskPixels = (mask: Uint8Array, name: string): Promise<Pixels> =>
  decode(mask, name, (image) => image.removeAlpha().toColourspace("b-w").extractChannel(0));

/** A 0/255 mask as PNG. @param data [h, w] uint8, over the threshold is foreground */
export function maskPng(data: Uint8Array, width: number, height: number, threshold = 0): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 1 } })
    .threshold(threshold + 1, { greyscale: false })
    .toColourspace("b-w")
    .png({ compressionLevel: 6 })
    .toBuffer();
}
