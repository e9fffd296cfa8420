import { letterPixels } from "./lettering";

export type Colour = readonly [red: number, green: number, blue: number];
export interface Point {
  x: number;
  y: number;
}

/**
 * A white picture that is drawn on in plain RGB pixels. There is no SVG here, because its loader stays blocked
 * in a program that opens strangers' photos.
 */
export function createCanvas(width: number, height: number) {
  const data = Buffer.alloc(width * height * 3, 255);

  /** Whatever lies outside the picture is left out. */
  function fill({ x, y }: Point, w: number, h: number, colour: Colour) {
    const [left, top] = [Math.max(0, Math.round(x)), Math.max(0, Math.round(y))];
    const right = Math.min(width, Math.round(x + w));
    const bottom = Math.min(height, Math.round(y + h));
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++) data.set(colour, 3 * (row * width + column));
  }

  function disc({ x, y }: Point, radius: number, colour: Colour) {
    for (let dy = -radius; dy <= radius; dy++) {
      const reach = Math.sqrt(radius * radius - dy * dy);
      fill({ x: x - reach, y: y + dy }, 2 * reach, 1, colour);
    }
  }

  function line(from: Point, to: Point, radius: number, colour: Colour) {
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y)));
    for (let i = 0; i <= steps; i++) {
      const share = i / steps;
      const at = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
      disc(at, radius, colour);
    }
  }

  /** @param picture [height, width, 3] uint8, wholly inside. @param at its top left corner */
  function paste(picture: { data: Uint8Array; width: number; height: number }, at: Point) {
    for (let row = 0; row < picture.height; row++) {
      const from = 3 * row * picture.width;
      data.set(picture.data.subarray(from, from + 3 * picture.width), 3 * ((at.y + row) * width + at.x));
    }
  }

  /** A frame of so many px inside the rectangle's edge. */
  function frame({ x, y }: Point, w: number, h: number, thick: number, colour: Colour) {
    fill({ x, y }, w, thick, colour);
    fill({ x, y: y + h - thick }, w, thick, colour);
    fill({ x, y }, thick, h, colour);
    fill({ x: x + w - thick, y }, thick, h, colour);
  }

  /** @param at the text's top left corner. @param scale picture pixels to a letter's pixel */
  function text(line: string, at: Point, scale: number, colour: Colour) {
    for (const { x, y } of letterPixels(line)) {
      fill({ x: at.x + x * scale, y: at.y + y * scale }, scale, scale, colour);
    }
  }

  return { data, width, height, fill, disc, line, paste, frame, text };
}
export type Canvas = ReturnType<typeof createCanvas>;
