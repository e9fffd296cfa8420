import type { Box, Photo, Size } from "@sluice/core";
import { boxAround } from "@sluice/core/box";
import sharp from "sharp";

/**
 * The part of a photo around the foreground of both masks, with room on every side, in the panel's proportions where
 * the photo is large enough; the whole photo when both are empty.
 */
export function partAround(masks: readonly [Uint8Array, Uint8Array], photo: Size, panel: Size): Box {
  const box = boxAround(...masks, photo) ?? { left: 0, top: 0, ...photo };
  const wanted = Math.max(box.width * ROOM, box.height * ROOM * (panel.width / panel.height), SMALLEST);
  const width = Math.min(photo.width, Math.ceil(wanted));
  const height = Math.min(photo.height, Math.ceil((wanted * panel.height) / panel.width));
  const place = (start: number, length: number, side: number, whole: number) =>
    Math.min(whole - side, Math.max(0, Math.round(start + length / 2 - side / 2)));
  return {
    left: place(box.left, box.width, width, photo.width),
    top: place(box.top, box.height, height, photo.height),
    width,
    height,
  };
}
const ROOM = 1.4;
const SMALLEST = 40;

/** The largest size with a part's proportions that a panel has room for. */
export function fitInside({ width, height }: Size, panel: Size): Size {
  const scale = Math.min(panel.width / width, panel.height / height);
  return {
    width: Math.max(1, Math.min(panel.width, Math.round(width * scale))),
    height: Math.max(1, Math.min(panel.height, Math.round(height * scale))),
  };
}

/** A part of a photo at another size: [height, width, 3] uint8. */
export async function photoPart({ data, width, height }: Photo.Pixels, part: Box, size: Size) {
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  const resized = picture.extract(part).resize(size.width, size.height, { fit: "fill" });
  return { ...size, data: await resized.raw().toBuffer() };
}

/** The same part of a mask at that size, pixel by pixel: [height * width], 0 or 1. @param mask non-zero is foreground */
export function maskPart(mask: Uint8Array, photo: Size, part: Box, { width, height }: Size): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = part.top + Math.floor(((y + 0.5) * part.height) / height);
    for (let x = 0; x < width; x++) {
      const column = part.left + Math.floor(((x + 0.5) * part.width) / width);
      if (mask[row * photo.width + column]) out[y * width + x] = 1;
    }
  }
  return out;
}
