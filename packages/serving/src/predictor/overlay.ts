import { Photo } from "@sluice/core";
import sharp from "sharp";

/** A mask to be drawn onto a photo. */
export interface Layer {
  /** [height * width], non-zero is foreground. */
  mask: Uint8Array;
  colour: readonly [red: number, green: number, blue: number];
  /** How much of the colour covers the inside, 0..1. */
  tint: number;
}

const GREEN = [40, 220, 90] as const;

/**
 * The upright photo with its window tinted and outlined, as JPEG.
 *
 * @param mask [height * width] of the upright photo, non-zero is foreground. Throws `photo.unreadable`.
 */
export async function renderOverlay(photo: Uint8Array, mask: Uint8Array, name: string): Promise<Buffer> {
  const pixels = await Photo.upright(photo, name);
  paint(pixels, [{ mask, colour: GREEN, tint: 0.3 }]);
  const { data, width, height } = pixels;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer();
}

/** Draws the layers into the photo's own pixels, [h, w, 3] RGB, each with an outline as wide as suits its size. */
export function paint({ data, width, height }: Photo.Pixels, layers: readonly Layer[]): void {
  const stroke = Math.max(1, Math.round(Math.max(width, height) / 320));
  for (const { mask, colour, tint } of layers) {
    const isInside = (x: number, y: number) =>
      x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] !== 0;
    const isEdge = (x: number, y: number) =>
      !isInside(x - stroke, y) ||
      !isInside(x + stroke, y) ||
      !isInside(x, y - stroke) ||
      !isInside(x, y + stroke);
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i]) continue;
      const cover = isEdge(i % width, Math.floor(i / width)) ? 1 : tint;
      if (cover === 0) continue;
      for (let c = 0; c < 3; c++) data[3 * i + c] += (colour[c] - data[3 * i + c]) * cover;
    }
  }
}
