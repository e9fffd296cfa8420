import type { Training } from "@sluice/core";
import type { GradSaveFunc, Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";

/** Keeps the Dice of an image without foreground defined. */
const SMOOTH = 1;

/**
 * Binary cross-entropy on logits, with or without soft Dice loss (Milletari et al. 2016, per image), means over the
 * batch. Value and gradient are written out: tfjs' derivative of |x| and ReLU costs more than the convolution.
 *
 * @param logits [n, ...]; @param target the same shape, 0 or 1
 */
export function segmentationLoss(
  tf: Tf,
  logits: Tensor,
  target: Tensor,
  kind: Training.Recipe["loss"],
): Scalar {
  const withDice = kind === "cross_entropy_and_dice";
  const images = logits.shape[0];
  const perImage = logits.size / images;
  const t = target.reshape<Tensor2D>([images, perImage]);
  const op = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, GradSaveFunc];
    const z = input.reshape<Tensor2D>([images, perImage]);
    const p = tf.sigmoid(z);
    // max(z, 0) - z t + log(1 + e^-|z|): stable for large logits of either sign
    const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(z))));
    const crossEntropy = tf.relu(z).sub(z.mul(t)).add(softplus).mean();
    const ratio = withDice ? softDice(tf, p, t) : null;
    const value = ratio ? crossEntropy.add<Scalar>(tf.sub(1, ratio.dice.mean())) : crossEntropy;
    save(ratio ? [p, t, ratio.dice, ratio.sum] : [p, t]);

    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [p, t, dice, sum] = saved;
      const ofCrossEntropy = p.sub(t).div(images * perImage);
      if (!withDice) return ofCrossEntropy.mul(dy).reshape(logits.shape);
      const ofDice = dice
        .sub(t.mul(2))
        .div(sum)
        .mul(p.mul(tf.sub(1, p)))
        .div(images);
      return ofCrossEntropy.add(ofDice).mul(dy).reshape(logits.shape);
    };
    return { value, gradFunc };
  });
  return op(logits) as Scalar;
}

/** Per image, [n, 1]: (2 Σpt + 1) / (Σp + Σt + 1), and its denominator. */
function softDice(tf: Tf, p: Tensor2D, t: Tensor2D) {
  const sum = tf
    .sum(p, 1, true)
    .add(tf.sum(t, 1, true))
    .add(SMOOTH);
  const dice = tf.sum(p.mul(t), 1, true).mul(2).add(SMOOTH).div(sum);
  return { dice, sum };
}
