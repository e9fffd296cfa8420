import { type Box, Photo, type Size } from "@sluice/core";
import sharp from "sharp";
import { type Canvas, type Colour, createCanvas } from "./canvas";
import { GLYPH_HEIGHT, textWidth } from "./lettering";
import { drawOutline } from "./outlines";
import { fitInside, maskPart, partAround, photoPart } from "./part";

/** Sky blue and orange of Okabe & Ito's palette, brightened: told apart with any colour vision. */
const TRUE: Colour = [70, 185, 255];
const PREDICTED: Colour = [255, 150, 0];
const INK: Colour = [40, 40, 50];
const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];

const WHOLE = { width: 420, height: 420 };
const CLOSE = { width: 560, height: 420 };
const GAP = 12;
const STRIP = 66;
const TEXT = 3;

interface Comparison {
  truth: Uint8Array;
  predicted: Uint8Array;
  caption: string;
  name: string;
}

/**
 * The upright photo with a frame around its window, and beside it what is in the frame, enlarged: the true window
 * outlined in blue from without, the predicted one in orange from within. Below it a caption.
 *
 * @param truth,predicted [h * w] of the upright photo, non-zero is foreground
 * @param name of the photo, for messages
 * @returns JPEG, at most 992 x 486 px. Throws `photo.unreadable`.
 */
export async function renderComparison(photo: Uint8Array, comparison: Comparison): Promise<Buffer> {
  const pixels = await Photo.upright(photo, comparison.name);
  const everything: Box = { left: 0, top: 0, width: pixels.width, height: pixels.height };
  const part = partAround([comparison.truth, comparison.predicted], pixels, CLOSE);
  const whole = await panel(pixels, comparison, everything, WHOLE, 1);
  const close = await panel(pixels, comparison, part, CLOSE, 2);

  const canvas = createCanvas(whole.width + GAP + CLOSE.width, CLOSE.height + STRIP);
  canvas.paste(whole, { x: 0, y: 0 });
  canvas.paste(close, { x: whole.width + GAP, y: 0 });
  const scale = whole.width / pixels.width;
  const corner = { x: part.left * scale, y: part.top * scale };
  canvas.frame(corner, part.width * scale, part.height * scale, 2, BLACK);
  canvas.frame(corner, part.width * scale, part.height * scale, 1, WHITE);
  drawCaption(canvas, comparison.caption);
  const { data, width, height } = canvas;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 78, chromaSubsampling: "4:4:4" })
    .toBuffer();
}

/** A part of the photo as large as the panel has room for, with both outlines. */
async function panel(
  pixels: Photo.Pixels,
  { truth, predicted }: Comparison,
  part: Box,
  room: Size,
  stroke: number,
) {
  const size = fitInside(part, room);
  const picture = await photoPart(pixels, part, size);
  const mask = (of: Uint8Array) => maskPart(of, pixels, part, size);
  drawOutline(picture, mask(truth), { colour: TRUE, stroke, side: "outside" });
  drawOutline(picture, mask(predicted), { colour: PREDICTED, stroke, side: "inside" });
  return picture;
}

function drawCaption(canvas: Canvas, caption: string): void {
  const top = canvas.height - STRIP;
  const letters = Math.floor((canvas.width - 16) / (textWidth("00") - textWidth("0")) / TEXT);
  canvas.text(caption.slice(0, letters), { x: 8, y: top + 12 }, TEXT, INK);
  const entries = [
    { label: "true window", colour: TRUE },
    { label: "what the model marks", colour: PREDICTED },
  ];
  const y = top + 38;
  entries.reduce((x, { label, colour }) => {
    canvas.fill({ x, y }, 22, GLYPH_HEIGHT * TEXT, colour);
    canvas.text(label, { x: x + 30, y }, TEXT, INK);
    return x + 30 + textWidth(label) * TEXT + 36;
  }, 8);
}
