import type { Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import type { Layout } from "./weights";

/** What the network is made of: once for training, once for inference. */
export interface Units {
  /** Half `n` of the named block: 3x3 convolution, batch norm, ReLU. */
  convolve(block: string, n: 1 | 2, x: Tensor4D): Tensor4D;
  /** Twice the height and width. */
  upsample(x: Tensor4D): Tensor4D;
  /** 1x1 convolution with bias. */
  head(x: Tensor4D): Tensor4D;
}

/**
 * The U-Net's wiring.
 *
 * @param x [n, size / patch, size / patch, 3 * patch²]
 * @returns logits, [n, size / patch, size / patch, patch²]
 */
export function unet(tf: Tf, { encoders, decoders }: Layout, units: Units, x: Tensor4D): Tensor4D {
  const double = (block: string, input: Tensor4D) =>
    units.convolve(block, 2, units.convolve(block, 1, input));

  const [first, ...deeper] = encoders;
  const skips = [double(first.name, x)];
  for (const { name } of deeper) {
    skips.push(double(name, tf.maxPool(skips[skips.length - 1], 2, 2, "valid")));
  }
  const bottleneck = skips[skips.length - 1];
  const decoded = decoders.reduce((below, { name }, i) => {
    const skip = skips[skips.length - 2 - i];
    return double(name, tf.concat([skip, units.upsample(below)], 3));
  }, bottleneck);
  return units.head(decoded);
}
