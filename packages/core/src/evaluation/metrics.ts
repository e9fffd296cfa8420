/** Pixel counts of a predicted mask against the true one. */
export interface Confusion {
  both: number;
  predictedOnly: number;
  trueOnly: number;
}

/**
 * Counts over two masks of the same size, where any non-zero value is foreground.
 *
 * @param predicted [h * w] uint8
 * @param truth [h * w] uint8
 */
export function confusion(predicted: Uint8Array, truth: Uint8Array): Confusion {
  if (predicted.length !== truth.length) {
    throw new RangeError(`masks of ${predicted.length} and ${truth.length} px cannot be compared`);
  }
  let both = 0;
  let predictedOnly = 0;
  let trueOnly = 0;
  for (let i = 0; i < truth.length; i++) {
    if (truth[i]) {
      if (predicted[i]) both++;
      else trueOnly++;
    } else if (predicted[i]) predictedOnly++;
  }
  return { both, predictedOnly, trueOnly };
}

/** Dice (F1) of two masks; two empty masks agree, so they score 1. */
export function dice({ both, predictedOnly, trueOnly }: Confusion): number {
  const total = 2 * both + predictedOnly + trueOnly;
  return total === 0 ? 1 : (2 * both) / total;
}

/** Intersection over union of two masks; two empty masks score 1. */
export function iou({ both, predictedOnly, trueOnly }: Confusion): number {
  const union = both + predictedOnly + trueOnly;
  return union === 0 ? 1 : both / union;
}
