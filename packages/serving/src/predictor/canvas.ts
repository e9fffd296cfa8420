import type { Box, Size } from "@sluice/core";

export interface Segmentation extends Size {
  /** [height * width], 0 or 1. */
  mask: Uint8Array;
  /** The smallest box around the mask, px; null when the mask is empty. */
  box: Box | null;
  areaPx: number;
  /** Mean probability inside the mask, 0..1; 0 when it is empty. */
  confidence: number;
}

/** An empty mask, filled pixel by pixel with what reaches the threshold. */
export function maskCanvas({ width, height }: Size, threshold: number) {
  const mask = new Uint8Array(width * height);
  let areaPx = 0;
  let total = 0;
  let [left, right, top, bottom] = [width, -1, height, -1];
  return {
    /** Each pixel once at most. */
    put(x: number, y: number, probability: number): void {
      if (probability < threshold) return;
      mask[y * width + x] = 1;
      areaPx++;
      total += probability;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    },
    done(): Segmentation {
      const box = areaPx === 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
      return {
        width,
        height,
        mask,
        box,
        areaPx,
        confidence: areaPx === 0 ? 0 : Math.min(1, total / areaPx),
      };
    },
  };
}
