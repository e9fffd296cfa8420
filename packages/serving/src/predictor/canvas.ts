import type { Box, CloseUp, Size } from "@sluice/core";

/** What was found on a photo, at its own size. */
export interface Found extends Size {
  /** The smallest box around it, px; null when nothing was found. */
  box: Box | null;
  areaPx: number;
  /** Mean probability inside it, 0..1; 0 when nothing was found. */
  confidence: number;
}

export interface Segmentation extends Found {
  /** Of foreground, from the top, and in each row from the left: of a window a few, of noise as many as pixels. */
  runs: readonly CloseUp.Run[];
}

/** [height * width], 0 or 1. */
export function maskOf({ width, height, runs }: Size & Pick<Segmentation, "runs">): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const { start, end } of runs) mask.fill(1, start, end);
  return mask;
}

/** A photo on which nothing is found yet, to be filled row by row with what reaches the threshold. */
export function canvas({ width, height }: Size, threshold: number) {
  const runs: CloseUp.Run[] = [];
  let areaPx = 0;
  let total = 0;
  let left = width;
  let right = 0;
  return {
    /** @param probabilities of the row's pixels from `start` to before `end`; each row once, from the top */
    putRow(y: number, start: number, end: number, probabilities: Float32Array): void {
      const before = y * width;
      let sum = 0;
      for (let x = start; x < end; x++) {
        if (probabilities[x - start] < threshold) continue;
        const first = x;
        for (; x < end && !(probabilities[x - start] < threshold); x++) sum += probabilities[x - start];
        runs.push({ start: before + first, end: before + x });
        areaPx += x - first;
        if (first < left) left = first;
        if (x > right) right = x;
      }
      total += sum;
    },
    done(): Segmentation {
      if (areaPx === 0) return { width, height, runs, box: null, areaPx, confidence: 0 };
      const top = Math.floor(runs[0].start / width);
      const bottom = Math.floor(runs[runs.length - 1].start / width);
      const box = { left, top, width: right - left, height: bottom - top + 1 };
      return { width, height, runs, box, areaPx, confidence: Math.min(1, total / areaPx) };
    },
  };
}
