import { columnSums, productSums } from "./sums";

/**
 * Training-mode batch norm (Ioffe & Szegedy 2015) and ReLU of `x` [rows, channels].
 *
 * Writes `y` [rows, channels], and each channel's `mean`, `variance` (unbiased) and `inverseDeviation`.
 */
export function batchNormRelu(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  inverseDeviation: usize,
  rows: i32,
  channels: i32,
  epsilon: f32,
): void {
  const step: usize = 4 * channels;
  const share = f32x4.splat(1 / <f32>rows);
  const unbiased = f32x4.splat(1 / <f32>max(rows - 1, 1));
  columnSums(x, mean, rows, channels);
  for (let c: usize = 0; c < step; c += 16) v128.store(mean + c, f32x4.mul(v128.load(mean + c), share));
  productSums(x, mean, x, mean, variance, rows, channels);
  for (let c: usize = 0; c < step; c += 16) {
    const squares = v128.load(variance + c);
    const deviation = f32x4.sqrt(f32x4.add(f32x4.mul(squares, share), f32x4.splat(epsilon)));
    v128.store(inverseDeviation + c, f32x4.div(f32x4.splat(1), deviation));
    v128.store(variance + c, f32x4.mul(squares, unbiased));
  }
  const zero = f32x4.splat(0);
  for (const end = x + <usize>rows * step; x < end; x += step, y += step) {
    for (let c: usize = 0; c < step; c += 16) {
      const scale = f32x4.mul(v128.load(gamma + c), v128.load(inverseDeviation + c));
      const normal = f32x4.mul(f32x4.sub(v128.load(x + c), v128.load(mean + c)), scale);
      // In this order: pmax keeps its first operand where that is no number, so that a loss that is none shows.
      v128.store(y + c, f32x4.pmax(f32x4.add(normal, v128.load(beta + c)), zero));
    }
  }
}

/**
 * The slopes of `x`, gamma and beta.
 *
 * @param dz [rows, channels], of what was normalised, after ReLU's gradient; mean and inverse deviation as they were found
 * @param scratch [2, channels rounded up to 4]
 */
export function batchNormGradient(
  dz: usize,
  x: usize,
  gamma: usize,
  mean: usize,
  inverseDeviation: usize,
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  scratch: usize,
  rows: i32,
  channels: i32,
): void {
  const step: usize = 4 * channels;
  const share = f32x4.splat(1 / <f32>rows);
  const slopeShare = scratch;
  const offset = scratch + ((step + 15) & ~15);
  columnSums(dz, dBeta, rows, channels);
  for (let c: usize = 0; c < step; c += 16) v128.store(offset + c, f32x4.mul(v128.load(dBeta + c), share));
  productSums(x, mean, dz, offset, dGamma, rows, channels);
  for (let c: usize = 0; c < step; c += 16) {
    const ofGamma = f32x4.mul(v128.load(dGamma + c), v128.load(inverseDeviation + c));
    v128.store(dGamma + c, ofGamma);
    v128.store(slopeShare + c, f32x4.mul(f32x4.mul(ofGamma, share), v128.load(inverseDeviation + c)));
  }
  for (const end = x + <usize>rows * step; x < end; x += step, dz += step, dx += step) {
    for (let c: usize = 0; c < step; c += 16) {
      const pulled = f32x4.mul(f32x4.sub(v128.load(x + c), v128.load(mean + c)), v128.load(slopeShare + c));
      const rest = f32x4.sub(f32x4.sub(v128.load(dz + c), v128.load(offset + c)), pulled);
      v128.store(dx + c, f32x4.mul(rest, f32x4.mul(v128.load(gamma + c), v128.load(inverseDeviation + c))));
    }
  }
}
