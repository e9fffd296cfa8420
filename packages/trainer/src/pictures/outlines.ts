import type { Size } from "@sluice/core";
import type { Colour } from "./canvas";

const HALO: Colour = [0, 0, 0];

/**
 * Draws a mask's outline along its edge, with a thin dark line beyond it, so that it shows on any ground.
 *
 * @param picture [height, width, 3] uint8, drawn on
 * @param mask [height * width], 0 or 1
 * @param side of the edge: of two outlines that agree, one outside and one inside are both seen
 */
export function drawOutline(
  picture: Size & { data: Uint8Array },
  mask: Uint8Array,
  { colour, stroke, side }: { colour: Colour; stroke: number; side: "inside" | "outside" },
): void {
  const { width, height, data } = picture;
  const own = side === "inside" ? 1 : 0;
  const edge = edgePixels(mask, picture).filter((at) => mask[at] === own);
  stamp(stroke, HALO);
  stamp(stroke - 1, colour);

  /** Squares around the edge's pixels, as far as they lie on the outline's side. */
  function stamp(reach: number, paint: Colour): void {
    for (const at of edge) {
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
        for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
          const place = row * width + column;
          if (mask[place] === own) data.set(paint, 3 * place);
        }
      }
    }
  }
}

/** Pixels with a neighbour at their side that differs, on either side of the edge; the picture's border is none. */
function edgePixels(mask: Uint8Array, { width, height }: Size): number[] {
  const edge: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const value = mask[at];
      const differs =
        (x > 0 && mask[at - 1] !== value) ||
        (x < width - 1 && mask[at + 1] !== value) ||
        (y > 0 && mask[at - width] !== value) ||
        (y < height - 1 && mask[at + width] !== value);
      if (differs) edge.push(at);
    }
  }
  return edge;
}
