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

/** An empty mask, filled row by row with what reaches the threshold. */
export function maskCanvas({ width, height }: Size, threshold: number) {
  const mask = new Uint8Array(width * height);
  let areaPx = 0;
  let total = 0;
  let [left, right, top, bottom] = [width, -1, height, -1];
  return {
    /** @param probabilities of the row's pixels from `start` to before `end`; each row once, from the top */
    putRow(y: number, start: number, end: number, probabilities: Float32Array): void {
      let count = 0;
      let sum = 0;
      let first = end;
      let last = -1;
      for (let x = start; x < end; x++) {
        const probability = probabilities[x - start];
        if (probability < threshold) continue;
        mask[y * width + x] = 1;
        count++;
        sum += probability;
        if (x < first) first = x;
        last = x;
      }
      if (count === 0) return;
      areaPx += count;
      total += sum;
      left = Math.min(left, first);
      right = Math.max(right, last);
      top = Math.min(top, y);
      bottom = y;
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
