import type { PerImage } from "./report";

/** A photo's scores by its Dice alone, for tests: the rest follows, or is what a good answer has. */
export const imageScoring = (id: string, dice: number, facts: Partial<PerImage> = {}): PerImage => ({
  id,
  dice,
  iou: dice / (2 - dice),
  boundaryPx: 1,
  boundaryShare: 0.001,
  confidence: 0.9,
  precision: 0.9,
  truePx: 100,
  predictedPx: 100,
  slices: [],
  ...facts,
});
