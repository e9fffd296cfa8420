import sharp, { type Sharp } from "sharp";
import { SluiceError } from "../errors";

/** Photos over this many pixels are refused from their header, before decoding. */
export const MAX_PIXELS = 25_000_000;
/** The file formats that are read; others are refused even where the library could. */
export const FORMATS = ["jpeg", "png", "webp"] as const;

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"] });
sharp.cache(false);

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
  const meta = await sharp(photo, { limitInputPixels: false })
    .metadata()
    .catch((cause: Error) => {
      throw new SluiceError(
        "photo.unreadable",
        `${name} is no readable photo`,
        "Save it as JPEG, PNG or WebP.",
        {
          cause,
        },
      );
    });
  const format = FORMATS.find((f) => f === meta.format);
  if (!format) {
    throw new SluiceError("photo.unsupported", `${name} is ${meta.format}`, "Save it as JPEG, PNG or WebP.");
  }
  if (meta.width * meta.height > MAX_PIXELS) {
    throw new SluiceError(
      "photo.too_large",
      `${name} has ${meta.width}x${meta.height} px; the limit is ${MAX_PIXELS / 1e6} megapixels`,
      "Make it smaller.",
    );
  }
  const { width, height } = meta.autoOrient;
  return { format, width, height, orientation: meta.orientation ?? 1 };
}

/** Decoded pixels, rows from the top. */
export interface Pixels {
  data: Buffer;
  width: number;
  height: number;
}

const open = (bytes: Uint8Array) => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error" });

async function decode(pipeline: Sharp, name: string): Promise<Pixels> {
  try {
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (cause) {
    throw new SluiceError(
      "photo.unreadable",
      `${name} is damaged: it cannot be decoded`,
      "Export it again.",
      {
        cause,
      },
    );
  }
}

/** The upright photo: [h, w, 3] uint8, RGB. Throws `photo.unreadable`. */
export const upright = (photo: Uint8Array, name: string): Promise<Pixels> =>
  decode(open(photo).autoOrient().toColourspace("srgb").removeAlpha(), name);

/**
 * The one preprocessing: upright by EXIF, then stretched to the model's square input. Training, evaluation and
 * serving all come here.
 *
 * @returns [size, size, 3] uint8, RGB. Throws `photo.unreadable`.
 */
export async function modelInput(photo: Uint8Array, size: number, name: string): Promise<Buffer> {
  const pipeline = open(photo).autoOrient().resize(size, size, { fit: "fill", kernel: "linear" });
  return (await decode(pipeline.toColourspace("srgb").removeAlpha(), name)).data;
}

/** A mask, upright: [h, w] uint8 as stored. Throws `photo.unreadable`. */
export const maskPixels = (mask: Uint8Array, name: string): Promise<Pixels> =>
  decode(open(mask).autoOrient().removeAlpha().toColourspace("b-w").extractChannel(0), name);

/** A 0/255 mask as PNG. @param data [h, w] uint8, non-zero is foreground */
export function maskPng(data: Uint8Array, width: number, height: number): Promise<Buffer> {
  const binary = new Uint8Array(data.length); // a loop: Uint8Array.from takes ten times as long
  for (let i = 0; i < data.length; i++) binary[i] = data[i] ? 255 : 0;
  return sharp(binary, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png({ compressionLevel: 6 })
    .toBuffer();
}
