import type { Rank, Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";

/**
 * Bilinear 2x upsampling with half-pixel centres (ONNX Resize `linear` `half_pixel`, PyTorch
 * `align_corners=False`), in both directions of the gradient.
 *
 * The gradient is written as two products with the interpolation matrix: tfjs' own has no half-pixel
 * centres, wasm has no kernel for it, and on the native backend it is twice as fast as TensorFlow's.
 *
 * @param x [n, h, w, c]; @returns [n, 2h, 2w, c]
 */
export function upsample(tf: Tf, x: Tensor4D): Tensor4D {
  const [, height, width] = x.shape;
  const op = tf.customGrad((input) => ({
    value: upsampleForward(tf, input as Tensor4D),
    gradFunc: (dy: Tensor) => transposed(tf, dy as Tensor4D, height, width),
  }));
  return op(x) as Tensor4D;
}

/** The same without a gradient. */
export const upsampleForward = (tf: Tf, x: Tensor4D): Tensor4D =>
  tf.image.resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[2]], false, true);

/** dx of dy [n, 2h, 2w, c]: first along the width, then along the height. */
function transposed(tf: Tf, dy: Tensor4D, height: number, width: number): Tensor4D {
  const [n, , , channels] = dy.shape;
  const rows = dy.reshape<Tensor3D>([n * 2 * height, 2 * width, channels]);
  const narrow = tf.matMul(interpolation(tf, width), rows, true);
  const columns = narrow.reshape<Tensor3D>([n, 2 * height, width * channels]);
  return tf.matMul(interpolation(tf, height), columns, true).reshape([n, height, width, channels]);
}

/** [1, 2 * side, side]: row o holds what each input pixel gives to output pixel o. */
function interpolation(tf: Tf, side: number): Tensor<Rank.R3> {
  const matrix = new Float32Array(2 * side * side);
  for (let o = 0; o < 2 * side; o++) {
    const centre = (o + 0.5) / 2 - 0.5;
    const before = Math.floor(centre);
    const share = centre - before;
    matrix[o * side + Math.max(before, 0)] += 1 - share;
    matrix[o * side + Math.min(before + 1, side - 1)] += share;
  }
  return tf.tensor3d(matrix, [1, 2 * side, side]);
}
