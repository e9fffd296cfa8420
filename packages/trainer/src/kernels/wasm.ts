import { instantiate } from "@sluice/core/kernels/instantiate";
import { sizeOf, upToFour } from "../shape";
import { BINARY } from "./binary";
import type { Handle, Kernels } from "./kernels";
import { tensorMemory } from "./wasm-memory";

type Names =
  | "allocate"
  | "release"
  | "pad"
  | "pack"
  | "packRotated"
  | "pixelOffsets"
  | "convolve"
  | "kernelGradient"
  | "unpack"
  | "columnSums"
  | "batchNormRelu"
  | "batchNormGradient"
  | "maxPool"
  | "maxPoolGradient"
  | "upsample"
  | "upsampleGradient"
  | "add"
  | "addBias"
  | "reluGradient"
  | "copyChannels";

/**
 * The same kernels in WebAssembly, where TensorFlow is not to be had. tfjs' own wasm backend has no gradient of
 * a convolution's kernel, convolves at less than half the speed, and takes as long again for what is between the convolutions.
 */
export function wasmKernels(): Kernels {
  const k = instantiate<Names>(BINARY);
  const { view, free, making } = tensorMemory(k);

  /** A tensor of the shape of `x`, written by a kernel. */
  const alike = (x: Handle, write: (into: number) => void): Handle =>
    making(({ empty }) => {
      const made = empty(x.shape);
      write(made.id);
      return made;
    });

  /** `x` convolved with what `pack` writes for `convolve`. */
  const convolveWith = (
    x: Handle,
    { side, inputs, outputs }: KernelShape,
    pack: (packed: number) => void,
  ): Handle =>
    making(({ empty, scratch }) => {
      const [n, height, width] = x.shape;
      const count = n * height * width;
      const y = empty([n, height, width, outputs]);
      const padded = scratch(paddedSize(x.shape, side));
      const offsets = scratch(upToFour(count));
      const packed = scratch(side * side * inputs * upToEight(outputs));
      k.pad(x.id, padded, n, height, width, inputs, (side - 1) / 2);
      k.pixelOffsets(offsets, n, height, width, inputs, side);
      pack(packed);
      k.convolve(padded, offsets, packed, y.id, count, width, inputs, outputs, side);
      return y;
    });

  return {
    tensor: (values, shape) =>
      making(({ empty }) => {
        const made = empty(shape);
        view(made).set(values);
        return made;
      }),
    read: (tensor) => view(tensor).slice(),
    free,

    add: (x, y) => alike(x, (sum) => k.add(x.id, y.id, sum, sizeOf(x.shape))),
    reluGradient: (dy, y) => alike(dy, (dx) => k.reluGradient(dy.id, y.id, dx, sizeOf(dy.shape))),

    convolve(x, kernel) {
      const shape = shapeOf(kernel);
      const { side, inputs, outputs } = shape;
      return convolveWith(x, shape, (packed) => k.pack(kernel.id, packed, side, inputs, outputs));
    },
    convolveInputGradient(dy, kernel) {
      const { side, inputs, outputs } = shapeOf(kernel);
      return convolveWith(dy, { side, inputs: outputs, outputs: inputs }, (packed) =>
        k.packRotated(kernel.id, packed, side, inputs, outputs),
      );
    },
    convolveKernelGradient: (dy, kernel, x) =>
      making(({ empty, scratch }) => {
        const { side, inputs, outputs } = shapeOf(kernel);
        const [n, height, width] = x.shape;
        const slope = empty(kernel.shape);
        const padded = scratch(paddedSize(x.shape, side));
        const count = side * upToFour(side * inputs) * upToEight(outputs);
        const sums = scratch(count);
        new Float32Array(k.memory.buffer, sums, count).fill(0);
        k.pad(x.id, padded, n, height, width, inputs, (side - 1) / 2);
        k.kernelGradient(padded, dy.id, sums, n, height, width, inputs, outputs, side);
        k.unpack(sums, slope.id, side, inputs, outputs);
        return slope;
      }),
    addBias: (x, bias) => alike(x, (y) => k.addBias(x.id, bias.id, y, ...rowsOf(x))),
    biasGradient: (dy) =>
      making(({ empty }) => {
        const [rows, channels] = rowsOf(dy);
        const slope = empty([channels]);
        k.columnSums(dy.id, slope.id, rows, channels);
        return slope;
      }),

    batchNormRelu: (x, gamma, beta, epsilon) =>
      making(({ empty }) => {
        const y = empty(x.shape);
        const [mean, variance, inverseDeviation] = [0, 1, 2].map(() => empty(gamma.shape));
        const written = [y, mean, variance, inverseDeviation].map(({ id }) => id);
        k.batchNormRelu(x.id, gamma.id, beta.id, ...written, ...rowsOf(x), epsilon);
        return { y, mean, variance, reserved: [inverseDeviation] };
      }),
    batchNormGradient: (dy, x, gamma, { mean, reserved: [inverseDeviation] }) =>
      making(({ empty, scratch }) => {
        const [dx, dGamma, dBeta] = [x, gamma, gamma].map(({ shape }) => empty(shape));
        const [rows, channels] = rowsOf(x);
        const read = [dy, x, gamma, mean, inverseDeviation].map(({ id }) => id);
        const written = [dx, dGamma, dBeta].map(({ id }) => id);
        k.batchNormGradient(...read, ...written, scratch(2 * upToFour(channels)), rows, channels);
        return { dx, dGamma, dBeta };
      }),

    maxPool: (x) =>
      making(({ empty }) => {
        const [n, height, width, channels] = x.shape;
        const y = empty([n, height / 2, width / 2, channels]);
        k.maxPool(x.id, y.id, n, height, width, channels);
        return { y, workspace: [] };
      }),
    maxPoolGradient: (dy, x, y) => alike(x, (dx) => k.maxPoolGradient(dy.id, x.id, y.id, dx, ...x.shape)),

    upsample: (x) =>
      making(({ empty }) => {
        const [n, height, width, channels] = x.shape;
        const y = empty([n, 2 * height, 2 * width, channels]);
        k.upsample(x.id, y.id, n, height, width, channels);
        return y;
      }),
    upsampleGradient: (dy, x) => alike(x, (dx) => k.upsampleGradient(dy.id, dx, ...x.shape)),

    concat: (x, y) =>
      making(({ empty }) => {
        const [rows, first] = rowsOf(x);
        const [, second] = rowsOf(y);
        const both = empty([...x.shape.slice(0, -1), first + second]);
        k.copyChannels(x.id, both.id, rows, first, first, first + second);
        k.copyChannels(y.id, both.id + 4 * first, rows, second, second, first + second);
        return both;
      }),
    split: (dy) =>
      making(({ empty }) => {
        const [rows, channels] = rowsOf(dy);
        const half = channels / 2;
        return [0, half].map((from) => {
          const made = empty([...dy.shape.slice(0, -1), half]);
          k.copyChannels(dy.id + 4 * from, made.id, rows, half, channels, half);
          return made;
        });
      }),
  };
}

interface KernelShape {
  side: number;
  inputs: number;
  outputs: number;
}

function shapeOf({ shape: [height, width, inputs, outputs] }: Handle): KernelShape {
  if (height === width && height % 2 === 1) return { side: height, inputs, outputs };
  throw new RangeError(
    `there is no ${height}x${width} convolution on wasm: kernels are square, their sides odd`,
  );
}

const upToEight = (count: number) => 8 * Math.ceil(count / 8);
const paddedSize = ([n, height, width, channels]: readonly number[], side: number) =>
  n * (height + side - 1) * (width + side - 1) * channels;

/** [everything but the channels, channels] */
function rowsOf({ shape }: Handle): [number, number] {
  const channels = shape[shape.length - 1];
  return [sizeOf(shape) / channels, channels];
}
