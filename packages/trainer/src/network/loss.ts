import type { Training } from "@sluice/core";

/** Keeps the Dice of an image without foreground defined. */
const SMOOTH = 1;

/**
 * Binary cross-entropy on logits, with or without soft Dice loss (Milletari et al. 2016, per image), means over the
 * batch; and its gradient. In plain numbers: a tensor library takes two dozen operations, and as long.
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
  const withDice = kind === "cross_entropy_and_dice";
  const pixels = logits.length / images;
  const gradient = new Float32Array(logits.length);
  let loss = 0;
  for (let image = 0; image < images; image++) {
    const [start, end] = [image * pixels, (image + 1) * pixels];
    const sums = probabilities(logits, target, start, end, gradient);
    loss += sums.crossEntropy / logits.length;
    const denominator = sums.p + sums.t + SMOOTH;
    const dice = (2 * sums.both + SMOOTH) / denominator;
    if (withDice) loss += (1 - dice) / images;
    const diceShare = withDice ? 1 / (denominator * images) : 0;
    for (let i = start; i < end; i++) {
      const [p, t] = [gradient[i], target[i]];
      gradient[i] = (p - t) / logits.length + (dice - 2 * t) * p * (1 - p) * diceShare;
    }
  }
  return { loss, gradient };
}

/** One image's probabilities, written into `into`, and its sums. */
function probabilities(
  logits: Float32Array,
  target: Float32Array,
  start: number,
  end: number,
  into: Float32Array,
) {
  let [crossEntropy, p, t, both] = [0, 0, 0, 0];
  for (let i = start; i < end; i++) {
    const z = logits[i];
    // max(z, 0) - z t + log(1 + e^-|z|): stable for large logits of either sign
    const small = Math.exp(-Math.abs(z));
    const probability = (z < 0 ? small : 1) / (1 + small);
    crossEntropy += Math.max(z, 0) - z * target[i] + Math.log(1 + small);
    into[i] = probability;
    p += probability;
    t += target[i];
    both += probability * target[i];
  }
  return { crossEntropy, p, t, both };
}
