import type { GradSaveFunc, Rank, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import { nativeKernels } from "../backend/native-kernels";
import { BATCH_NORM_EPSILON } from "./weights";

/** A batch's normalised, rectified values, and the statistics it was normalised with. */
export interface Normalised {
  y: Tensor4D;
  /** Of the batch, [c]; kept: the caller disposes them. The variance is unbiased, as TensorFlow's. */
  mean: Tensor1D;
  variance: Tensor1D;
}

/**
 * Training-mode batch norm (Ioffe & Szegedy 2015) and ReLU in one differentiable step.
 *
 * @param x [n, h, w, c]; @param gamma [c]; @param beta [c]
 */
export function batchNormRelu(tf: Tf, x: Tensor4D, gamma: Tensor1D, beta: Tensor1D): Normalised {
  return tf.getBackend() === "tensorflow" ? fused(tf, x, gamma, beta) : composed(tf, x, gamma, beta);
}

/**
 * TensorFlow's own kernels, which tfjs never emits: half the time of the composed form for the norm, and for the
 * ReLU's gradient a twenty-fifth of tfjs' `dy * step(x)`.
 */
function fused(tf: Tf, x: Tensor4D, gamma: Tensor1D, beta: Tensor1D): Normalised {
  const kernels = nativeKernels(tf);
  const statistics: Tensor1D[] = [];
  const op = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [Tensor4D, Tensor1D, Tensor1D, GradSaveFunc];
    const norm = kernels.batchNorm(x, gamma, beta, BATCH_NORM_EPSILON);
    const value = tf.relu(norm.y);
    save([x, gamma, value, ...norm.reserved]);
    statistics.push(tf.keep(norm.mean), tf.keep(norm.variance));
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [x, gamma, value, ...reserved] = saved;
      return kernels.batchNormGradient(
        kernels.reluGradient(dy, value),
        x,
        gamma,
        reserved,
        BATCH_NORM_EPSILON,
      );
    };
    return { value, gradFunc };
  });
  const y = op(x, gamma, beta) as Tensor4D;
  return { y, mean: statistics[0], variance: statistics[1] };
}

/** Out of elementwise operations and products: works on every backend. */
function composed(tf: Tf, x: Tensor4D, gamma: Tensor1D, beta: Tensor1D): Normalised {
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
