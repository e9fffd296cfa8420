import type { Size } from "../box";
import { boundaryDistance } from "./boundary";
import { confusion, dice, iou } from "./metrics";
import type { PerImage } from "./report";

/**
 * Everything that two masks of one upright photo say about each other.
 *
 * @param predicted,truth [height * width] uint8, non-zero is foreground
 */
export function score(
  predicted: Uint8Array,
  truth: Uint8Array,
  size: Size,
): Omit<PerImage, "id" | "confidence" | "slices"> {
  const counts = confusion(predicted, truth);
  const predictedPx = counts.both + counts.predictedOnly;
  const boundaryPx = boundaryDistance(predicted, truth, size);
  return {
    dice: dice(counts),
    iou: iou(counts),
    boundaryPx,
    boundaryShare: boundaryPx === null ? null : boundaryPx / Math.hypot(size.width, size.height),
    precision: predictedPx === 0 ? null : counts.both / predictedPx,
    truePx: counts.both + counts.trueOnly,
    predictedPx,
  };
}
