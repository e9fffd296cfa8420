import { Photo } from "@sluice/core";
import { paint } from "@sluice/serving/predictor/overlay";
import sharp from "sharp";
import { type Colour, createCanvas } from "./canvas";
import { textWidth } from "./lettering";

const TRUE: Colour = [40, 220, 90];
const PREDICTED: Colour = [255, 40, 200];
const INK: Colour = [40, 40, 50];
/** Longer side of the picture, px. */
const SIDE = 720;
const STRIP = 44;
const TEXT = 2;

/**
 * The upright photo with the true window outlined in green and the predicted one in pink, above a caption.
 *
 * @param truth,predicted [h * w] of the upright photo, non-zero is foreground
 * @returns JPEG. Throws `photo.unreadable`.
 */
export async function renderComparison(
  photo: Uint8Array,
  {
    truth,
    predicted,
    caption,
    name,
  }: { truth: Uint8Array; predicted: Uint8Array; caption: string; name: string },
): Promise<Buffer> {
  const pixels = await Photo.upright(photo, name);
  paint(pixels, [
    { mask: truth, colour: TRUE, tint: 0 },
    { mask: predicted, colour: PREDICTED, tint: 0 },
  ]);
  const { data, info } = await sharp(pixels.data, {
    raw: { width: pixels.width, height: pixels.height, channels: 3 },
  })
    .resize(SIDE, SIDE, { fit: "inside", withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return sharp(Buffer.concat([data, drawCaption(caption, width)]), {
    raw: { width, height: height + STRIP, channels: 3 },
  })
    .jpeg({ quality: 85 })
    .toBuffer();
}

function drawCaption(caption: string, width: number): Buffer {
  const strip = createCanvas(width, STRIP);
  strip.text(caption, { x: 8, y: 6 }, TEXT, INK);
  strip.text("true", { x: 8, y: 26 }, TEXT, TRUE);
  strip.text("predicted", { x: 8 + (textWidth("true") + 8) * TEXT, y: 26 }, TEXT, PREDICTED);
  return strip.data;
}
