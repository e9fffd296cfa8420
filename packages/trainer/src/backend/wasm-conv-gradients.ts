import type { Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "./tf";

/**
 * The wasm backend has no Conv2DBackpropFilter kernel, and its Conv2DBackpropInput is a plain loop. Both are given
 * here with the backend's own (XNNPACK) products and convolutions, for the two convolutions of the network: stride
 * 1, "same" padding, odd sides. Anything else is refused rather than computed wrongly.
 */
export function registerConvGradients(tf: Tf): void {
  const backendName = "wasm";
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName,
    kernelFunc: (args) => {
      const { x, dy } = args.inputs as { x: Tensor4D; dy: Tensor4D };
      const attrs = args.attrs as unknown as Attributes & { filterShape: Shape };
      assertSupported(attrs, attrs.filterShape);
      return tf.tidy(() => filterGradient(tf, x, dy, attrs.filterShape));
    },
  });
  tf.unregisterKernel("Conv2DBackpropInput", backendName);
  tf.registerKernel({
    kernelName: "Conv2DBackpropInput",
    backendName,
    kernelFunc: (args) => {
      const { dy, filter } = args.inputs as { dy: Tensor4D; filter: Tensor4D };
      assertSupported(args.attrs as unknown as Attributes, filter.shape);
      return tf.tidy(() => inputGradient(tf, dy, filter));
    },
  });
}

type Shape = [number, number, number, number];
interface Attributes {
  strides: number | [number, number];
  pad: unknown;
  dataFormat: string;
}

function assertSupported({ strides, pad, dataFormat }: Attributes, [height, width]: Shape): void {
  const isPlain = [strides].flat().every((stride) => stride === 1) && dataFormat === "NHWC";
  if (isPlain && pad === "same" && height % 2 === 1 && width % 2 === 1) return;
  throw new RangeError(`no gradient on wasm for a ${height}x${width} convolution, pad ${pad}`);
}

/** dx: the convolution of dy with the filter turned by 180° and its channels swapped. */
function inputGradient(tf: Tf, dy: Tensor4D, filter: Tensor4D): Tensor4D {
  const turned: Tensor4D = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(dy, turned, 1, "same");
}

/**
 * dw is itself a convolution: the padded input, its channels taken as the batch, with dy as one large filter, the
 * batch taken as channels. Half the time of a product per filter tap, which has to copy the shifted input.
 */
function filterGradient(tf: Tf, x: Tensor4D, dy: Tensor4D, [height, width]: Shape): Tensor4D {
  const sides = (side: number): [number, number] => [(side - 1) / 2, (side - 1) / 2];
  const padded = tf.pad4d(x, [[0, 0], sides(height), sides(width), [0, 0]]);
  const channelsAsBatch: Tensor4D = tf.transpose(padded, [3, 1, 2, 0]);
  const filter: Tensor4D = tf.transpose(dy, [1, 2, 0, 3]);
  return tf.transpose(tf.conv2d(channelsAsBatch, filter, 1, "valid"), [1, 2, 0, 3]);
}
