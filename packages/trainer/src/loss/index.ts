import type { Training } from "@sluice/core";
import { atLeast, instantiate } from "@sluice/core/kernels/instantiate";
import { upToFour } from "../shape";
import { BINARY } from "./binary";

/** Keeps the Dice of an image without foreground defined. */
const SMOOTH = 1;
/** A logit that is background for certain: it counts for nothing. */
const NOTHING = -1e4;
/** Of four float64. */
const SUMS_BYTES = 32;

const open = () => instantiate<"probabilities" | "slopes">(BINARY);
let opened: ReturnType<typeof open> | undefined;

/**
 * Binary cross-entropy on logits, with or without soft Dice loss (Milletari et al. 2016, per image), means over the
 * batch; and its gradient. By a kernel of its own: a tensor library takes two dozen operations, and JavaScript five times
 * as long.
 *
 * @param logits [images * pixels]; @param target the same length, 0 or 1
 * @returns the gradient, [images * pixels]
 */
export function segmentationLoss(
  logits: Float32Array,
  target: Float32Array,
  images: number,
  kind: Training.Recipe["loss"],
): { loss: number; gradient: Float32Array } {
  opened ??= open();
  const { memory, probabilities, slopes } = opened;
  const pixels = logits.length / images;
  const count = upToFour(pixels);
  atLeast(memory, 3 * 4 * count + SUMS_BYTES);
  const at = { logits: SUMS_BYTES, target: SUMS_BYTES + 4 * count, slopes: SUMS_BYTES + 8 * count };
  const own = (from: number) => new Float32Array(memory.buffer, from, count);
  const [ownLogits, ownTarget, ownSlopes] = [own(at.logits), own(at.target), own(at.slopes)];
  ownLogits.fill(NOTHING, pixels);
  ownTarget.fill(0, pixels);

  const gradient = new Float32Array(logits.length);
  let loss = 0;
  for (let image = 0; image < images; image++) {
    const [start, end] = [image * pixels, (image + 1) * pixels];
    ownLogits.set(logits.subarray(start, end));
    ownTarget.set(target.subarray(start, end));
    probabilities(at.logits, at.target, at.slopes, count, 0);
    const [crossEntropy, found, truth, both] = new Float64Array(memory.buffer, 0, 4);
    const denominator = found + truth + SMOOTH;
    const dice = (2 * both + SMOOTH) / denominator;
    const weight = kind === "cross_entropy_and_dice" ? 1 / images : 0;
    loss += crossEntropy / logits.length + weight * (1 - dice);
    slopes(at.slopes, at.target, count, 1 / logits.length, dice, weight / denominator);
    gradient.set(ownSlopes.subarray(0, pixels), start);
  }
  return { loss, gradient };
}
