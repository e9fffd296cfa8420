import { BATCH_NORM_EPSILON, type Weight, type Weights, weight } from "../network/weights";

export interface Convolution {
  /** [out, in, height, width], as ONNX has it. */
  dims: [number, number, number, number];
  kernel: Float32Array;
  /** [out] */
  bias: Float32Array;
}

/**
 * A convolution and the batch norm after it as one convolution: with s = gamma / sqrt(variance + epsilon) the
 * kernel becomes s * kernel, and the bias beta - s * mean (Jacob et al. 2018, section 3.2).
 */
export function foldBatchNorm(weights: Weights, block: string, n: 1 | 2): Convolution {
  const of = (name: string) => weight(weights, `${block}.bn${n}.${name}`).data;
  const [beta, mean, variance] = [of("beta"), of("mean"), of("variance")];
  const scale = Float64Array.from(
    of("gamma"),
    (gamma, i) => gamma / Math.sqrt(variance[i] + BATCH_NORM_EPSILON),
  );
  const bias = Float32Array.from(beta, (b, i) => b - mean[i] * scale[i]);
  return { ...outputFirst(weight(weights, `${block}.conv${n}.kernel`), scale), bias };
}

/** [height, width, in, out] → [out, in, height, width], each output channel multiplied by its scale. */
export function outputFirst({ shape, data }: Weight, scale?: Float64Array): Omit<Convolution, "bias"> {
  const [height, width, inputs, outputs] = shape;
  const kernel = new Float32Array(data.length);
  const area = height * width;
  for (let i = 0; i < data.length; i++) {
    const out = i % outputs;
    const input = Math.floor(i / outputs) % inputs;
    const at = Math.floor(i / (outputs * inputs));
    kernel[(out * inputs + input) * area + at] = data[i] * (scale?.[out] ?? 1);
  }
  return { dims: [outputs, inputs, height, width], kernel };
}
