import type { Layout } from "./weights";

/** What the network is made of: for training and for inference. */
export interface Units<T> {
  /** Half `n` of the named block: 3x3 convolution, batch norm, ReLU. */
  convolve(block: string, n: 1 | 2, x: T): T;
  /** Half the height and width: the largest of each 2x2. */
  pool(x: T): T;
  /** Twice the height and width. */
  upsample(x: T): T;
  /** The channels of both, which have as many each. */
  join(skip: T, below: T): T;
  /** 1x1 convolution with bias. */
  head(x: T): T;
}

/**
 * The U-Net's wiring.
 *
 * @param x [n, size / patch, size / patch, 3 * patch²]
 * @returns logits, [n, size / patch, size / patch, patch²]
 */
export function unet<T>({ encoders, decoders }: Layout, units: Units<T>, x: T): T {
  const double = (block: string, input: T) => units.convolve(block, 2, units.convolve(block, 1, input));

  const [first, ...deeper] = encoders;
  const skips = [double(first.name, x)];
  for (const { name } of deeper) skips.push(double(name, units.pool(skips[skips.length - 1])));
  const bottleneck = skips[skips.length - 1];
  const decoded = decoders.reduce((below, { name }, i) => {
    const skip = skips[skips.length - 2 - i];
    return double(name, units.join(skip, units.upsample(below)));
  }, bottleneck);
  return units.head(decoded);
}
