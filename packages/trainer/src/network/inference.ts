import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import type { Named } from "./tensors";
import { unet } from "./unet";
import { type Architecture, BATCH_NORM_EPSILON, type Layout, layout, type Weights, weight } from "./weights";

/**
 * The trained model: photos in, logits out, with the batch norms' moving averages.
 *
 * @param x [n, size, size, 3], RGB, 0..1
 * @returns logits, [n, size, size, 1]
 */
export function forwardInference(
  tf: Tf,
  weights: Weights,
  architecture: Architecture,
  x: Tensor4D,
): Tensor4D {
  return tf.tidy(() => {
    const named: Named = (name) => {
      const { shape, data } = weight(weights, name);
      return tf.tensor(data, shape);
    };
    const logits = forwardFolded(tf, layout(architecture), named, spaceToDepth(tf, x, architecture.patch));
    return architecture.patch === 1 ? logits : tf.depthToSpace(logits, architecture.patch);
  });
}

/** The same on folded input and logits, as training's batches are. */
export function forwardFolded(tf: Tf, shape: Layout, named: Named, x: Tensor4D): Tensor4D {
  const units = {
    convolve(block: string, n: 1 | 2, input: Tensor4D): Tensor4D {
      const norm = (part: string) => named(`${block}.bn${n}.${part}`) as Tensor1D;
      const convolved = tf.conv2d(input, named(`${block}.conv${n}.kernel`) as Tensor4D, 1, "same");
      const [mean, variance, beta, gamma] = ["mean", "variance", "beta", "gamma"].map(norm);
      return tf.relu(tf.batchNorm4d(convolved, mean, variance, beta, gamma, BATCH_NORM_EPSILON));
    },
    pool: (input: Tensor4D) => tf.maxPool(input, 2, 2, "valid"),
    upsample: (input: Tensor4D) => upsample(tf, input),
    join: (skip: Tensor4D, below: Tensor4D) => tf.concat([skip, below], 3),
    head: (input: Tensor4D) =>
      tf.conv2d(input, named("head.kernel") as Tensor4D, 1, "same").add<Tensor4D>(named("head.bias")),
  };
  return unet(shape, units, x);
}

/** Bilinear with half-pixel centres, to twice the side: ONNX Resize `linear` `half_pixel`, PyTorch `align_corners=False`. */
export const upsample = (tf: Tf, x: Tensor4D): Tensor4D =>
  tf.image.resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[2]], false, true);

/** TensorFlow's space_to_depth: block row, block column, colour, from slow to fast. */
export function spaceToDepth(tf: Tf, x: Tensor4D, patch: number): Tensor4D {
  if (patch === 1) return x;
  const [n, height, width, channels] = x.shape;
  const rows = height / patch;
  const columns = width / patch;
  return tf
    .transpose(x.reshape([n, rows, patch, columns, patch, channels]), [0, 1, 3, 2, 4, 5])
    .reshape([n, rows, columns, patch * patch * channels]);
}
