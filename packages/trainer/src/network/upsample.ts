import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";

/** What the four output pixels around an input pixel take of it, along one axis. */
const SHARES = [0.25, 0.75, 0.75, 0.25];

/**
 * Bilinear 2x upsampling with half-pixel centres (ONNX Resize `linear` `half_pixel`, PyTorch
 * `align_corners=False`), with its exact gradient: tfjs' own has no half-pixel centres, and none on wasm.
 *
 * @param x [n, h, w, c]
 * @returns [n, 2h, 2w, c]
 */
export function upsample(tf: Tf, x: Tensor4D): Tensor4D {
  const op = tf.customGrad((input) => ({
    value: upsampleForward(tf, input as Tensor4D),
    gradFunc: (dy: Tensor) => upsampleGradient(tf, dy as Tensor4D),
  }));
  return op(x) as Tensor4D;
}

/** The same without a gradient. */
export const upsampleForward = (tf: Tf, x: Tensor4D): Tensor4D =>
  tf.image.resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[2]], false, true);

/**
 * A depthwise convolution of stride 2. At an edge, forward repeats the outermost input pixel; repeating the
 * outermost dy is what gives that pixel its larger share.
 */
function upsampleGradient(tf: Tf, dy: Tensor4D): Tensor4D {
  const channels = dy.shape[3];
  const edged: Tensor4D = tf.mirrorPad(
    dy,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    "symmetric",
  );
  const shares = SHARES.flatMap((row) => SHARES.map((column) => row * column));
  const filter = tf.tile(tf.tensor4d(shares, [4, 4, 1, 1]), [1, 1, channels, 1]);
  return tf.depthwiseConv2d(edged, filter, 2, "valid");
}
