import type { Scalar, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import type { Batch } from "../data/batch";
import { batchNormRelu } from "./batch-norm";
import { fields } from "./flat";
import type { Lesson, Slope } from "./lesson";
import { segmentationLoss } from "./loss";
import { byName, type Named, tensorsOf, tensorUnits } from "./tensors";
import { unet } from "./unet";
import { upsample } from "./upsample";
import { type Layout, layout } from "./weights";

/** Loss, gradient and batch statistics by tfjs, on any backend. @param parameters in stored order */
export function autograd(
  tf: Tf,
  lesson: Lesson,
  parameters: Float32Array,
  { input, inputShape, target }: Batch,
  into: Slope,
): void {
  const specs = fields(lesson).parameters;
  const loss = tf.tidy(() => {
    const x = tf.tensor4d(input, inputShape);
    const ofBatch: Tensor1D[] = [];
    const collect = (mean: Tensor1D, variance: Tensor1D) => ofBatch.push(mean, variance);
    const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const logits = forwardTraining(tf, layout(lesson), byName(specs, tensors), x, collect);
      return lossOf(tf, logits, target, lesson.loss);
    })(tensorsOf(tf, parameters, specs));
    copyInto(into.gradient, grads);
    copyInto(into.statistics, ofBatch);
    tf.dispose(ofBatch);
    return value;
  });
  [into.loss] = loss.dataSync();
  loss.dispose();
}

/**
 * The differentiable forward pass with the batch's own statistics.
 *
 * @param x [n, size / patch, size / patch, 3 * patch²], 0..1
 * @param onStatistics takes each batch norm's mean and variance in the order of the weights; kept: dispose them
 * @returns logits, [n, size / patch, size / patch, patch²]
 */
function forwardTraining(
  tf: Tf,
  layout: Layout,
  named: Named,
  x: Tensor4D,
  onStatistics: (mean: Tensor1D, variance: Tensor1D) => void,
): Tensor4D {
  const units = {
    ...tensorUnits(tf, named),
    convolve(block: string, n: 1 | 2, input: Tensor4D) {
      const kernel = named(`${block}.conv${n}.kernel`) as Tensor4D;
      const gamma = named(`${block}.bn${n}.gamma`) as Tensor1D;
      const beta = named(`${block}.bn${n}.beta`) as Tensor1D;
      const { y, mean, variance } = batchNormRelu(tf, tf.conv2d(input, kernel, 1, "same"), gamma, beta);
      onStatistics(mean, variance);
      return y;
    },
    upsample: (input: Tensor4D) => upsample(tf, input),
  };
  return unet(layout, units, x);
}

/** `segmentationLoss` as an operation with a gradient. */
export function lossOf(tf: Tf, logits: Tensor, target: Float32Array, kind: Lesson["loss"]): Scalar {
  const op = tf.customGrad((...args) => {
    const [z] = args as Tensor[];
    const { loss, gradient } = segmentationLoss(z.dataSync<"float32">(), target, z.shape[0], kind);
    return {
      value: tf.scalar(loss),
      gradFunc: (dy: Tensor) => tf.tensor(gradient, z.shape).mul(dy),
    };
  });
  return op(logits) as Scalar;
}

function copyInto(vector: Float32Array, tensors: readonly Tensor[]): void {
  let offset = 0;
  for (const tensor of tensors) {
    vector.set(tensor.dataSync(), offset);
    offset += tensor.size;
  }
}
