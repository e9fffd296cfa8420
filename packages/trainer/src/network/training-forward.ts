import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import { batchNormRelu } from "./batch-norm";
import { unet } from "./unet";
import { upsample } from "./upsample";
import type { Layout } from "./weights";

/** Tensors by weight name. */
export type Named = (name: string) => Tensor;

/**
 * The differentiable forward pass with the batch's own statistics.
 *
 * @param x [n, size / patch, size / patch, 3 * patch²], 0..1
 * @param onStatistics takes each batch norm's mean and variance in the order of the weights; kept: dispose them
 * @returns logits, [n, size / patch, size / patch, patch²]
 */
export function forwardTraining(
  tf: Tf,
  layout: Layout,
  named: Named,
  x: Tensor4D,
  onStatistics: (mean: Tensor1D, variance: Tensor1D) => void,
): Tensor4D {
  return unet(
    tf,
    layout,
    {
      convolve(block, n, input) {
        const kernel = named(`${block}.conv${n}.kernel`) as Tensor4D;
        const gamma = named(`${block}.bn${n}.gamma`) as Tensor1D;
        const beta = named(`${block}.bn${n}.beta`) as Tensor1D;
        const { y, mean, variance } = batchNormRelu(tf, tf.conv2d(input, kernel, 1, "same"), gamma, beta);
        onStatistics(mean, variance);
        return y;
      },
      upsample: (input) => upsample(tf, input),
      head: (input) => tf.conv2d(input, named("head.kernel") as Tensor4D, 1, "same").add(named("head.bias")),
    },
    x,
  );
}
