import type { GradSaveFunc, Rank, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import { BATCH_NORM_EPSILON } from "./weights";

/** A batch's normalised, rectified values, and the statistics it was normalised with. */
export interface Normalised {
  y: Tensor4D;
  /** Of the batch, [c]; kept: the caller disposes them. The variance is unbiased, as TensorFlow's. */
  mean: Tensor1D;
  variance: Tensor1D;
}

/**
 * Training-mode batch norm (Ioffe & Szegedy 2015) and ReLU in one differentiable step, out of elementwise operations and
 * products: works on every backend.
 *
 * @param x [n, h, w, c]; @param gamma [c]; @param beta [c]
 */
export function batchNormRelu(tf: Tf, x: Tensor4D, gamma: Tensor1D, beta: Tensor1D): Normalised {
  const channels = x.shape[3];
  const count = x.size / channels;
  // A product with ones sums over the rows; wasm's own sum over leading axes transposes first.
  const rowSums = (rows: Tensor<Rank.R2>): Tensor1D =>
    tf.matMul(tf.ones([1, count]), rows).reshape([channels]);
  const asRows = (t: Tensor): Tensor<Rank.R2> => t.reshape([count, channels]);
  const statistics: Tensor1D[] = [];

  const op = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [Tensor4D, Tensor1D, Tensor1D, GradSaveFunc];
    const rows = asRows(x);
    const mean = rowSums(rows).div<Tensor1D>(count);
    const centred = rows.sub<Tensor<Rank.R2>>(mean);
    const variance = rowSums(centred.square()).div<Tensor1D>(count);
    const inverse = tf.rsqrt(variance.add(BATCH_NORM_EPSILON)) as Tensor1D;
    const normal = centred.mul<Tensor<Rank.R2>>(inverse);
    const value = tf.relu(normal.mul(gamma).add(beta)).reshape<Tensor4D>(x.shape);
    save([normal, gamma, inverse, value]);
    statistics.push(tf.keep(mean), tf.keep(variance.mul<Tensor1D>(count / Math.max(count - 1, 1))));
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [normal, gamma, inverse, value] = saved as [Tensor<Rank.R2>, Tensor1D, Tensor1D, Tensor4D];
      const dz = asRows(dy.mul(tf.step(value)));
      const dBeta = rowSums(dz);
      const dGamma = rowSums(dz.mul(normal));
      const pulled = dz.sub(dBeta.div(count)).sub(normal.mul(dGamma.div(count)));
      return [pulled.mul(gamma.mul(inverse)).reshape(x.shape), dGamma, dBeta];
    };
    return { value, gradFunc };
  });
  const y = op(x, gamma, beta) as Tensor4D;
  return { y, mean: statistics[0], variance: statistics[1] };
}
