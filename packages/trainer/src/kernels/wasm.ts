import { SluiceError } from "@sluice/core/errors";
import { instantiate } from "@sluice/core/kernels/instantiate";
import { BINARY } from "./binary";
import type { Handle, Kernels } from "./kernels";

type Names =
  | "allocate"
  | "release"
  | "pad"
  | "pack"
  | "packTurned"
  | "locate"
  | "convolve"
  | "kernelGradient"
  | "unpack"
  | "columnSums"
  | "batchNormRelu"
  | "batchNormGradient"
  | "maxPool"
  | "maxPoolGradient"
  | "double"
  | "doubleGradient"
  | "add"
  | "addBias"
  | "reluGradient"
  | "copyChannels";

/**
 * The same kernels in WebAssembly, where TensorFlow is not to be had. tfjs' own wasm backend has no gradient of
 * a convolution's kernel, convolves at half the speed, and takes as long again for what is between the convolutions.
 */
export function wasmKernels(): Kernels {
  const k = instantiate<Names>(BINARY);

  /** Rounded up to whole fours of pixels and a vector more: kernels read and write in fours. */
  function empty(shape: readonly number[]): Handle {
    const channels = shape[shape.length - 1];
    return { id: allocate(4 * channels * upToFour(sizeOf(shape) / channels) + SLACK), shape };
  }
  function allocate(bytes: number): number {
    try {
      if (bytes < LARGEST) return k.allocate(bytes) >>> 0;
    } catch {
      // The allocator traps: there is no more.
    }
    const hint = "Choose smaller batches or pictures, or native TensorFlow: npm run setup.";
    const limit = "more than WebAssembly's memory (4 GiB, 1 GiB for one tensor)";
    throw new SluiceError("training.failed", `A training step needs ${limit}.`, hint);
  }
  const view = ({ id, shape }: Handle) => new Float32Array(k.memory.buffer, id, sizeOf(shape));
  const free = ({ id }: Handle) => void k.release(id);

  /** What `work` made, once the memory it asked for is free again. */
  function withScratch<T>(sizes: readonly number[], work: (...scratch: number[]) => T): T {
    const scratch: number[] = [];
    try {
      for (const size of sizes) scratch.push(allocate(4 * size + SLACK));
      return work(...scratch);
    } finally {
      for (const at of scratch) k.release(at);
    }
  }

  /** `x` convolved with a packed kernel. */
  function convolvePacked(
    x: Handle,
    [side, inputs, outputs]: readonly number[],
    pack: (packed: number) => void,
  ): Handle {
    const [n, height, width] = x.shape;
    const y = empty([n, height, width, outputs]);
    const count = n * height * width;
    const sizes = [paddedSize(x.shape, side), upToFour(count), side * side * inputs * upToEight(outputs)];
    withScratch(sizes, (padded, pixels, packed) => {
      k.pad(x.id, padded, n, height, width, inputs, (side - 1) / 2);
      k.locate(pixels, n, height, width, inputs, side);
      pack(packed);
      k.convolve(padded, pixels, packed, y.id, count, width, inputs, outputs, side);
    });
    return y;
  }

  /** A tensor of the shape of `x`, written by a kernel. */
  const alike = (x: Handle, write: (into: number) => void): Handle => {
    const made = empty(x.shape);
    write(made.id);
    return made;
  };

  return {
    tensor(values, shape) {
      const made = empty(shape);
      view(made).set(values);
      return made;
    },
    read: (tensor) => view(tensor).slice(),
    free,

    add: (x, y) => alike(x, (sum) => k.add(x.id, y.id, sum, sizeOf(x.shape))),
    reluGradient: (dy, y) => alike(dy, (dx) => k.reluGradient(dy.id, y.id, dx, sizeOf(dy.shape))),

    convolve(x, kernel) {
      const [side, , inputs, outputs] = kernel.shape;
      return convolvePacked(x, [side, inputs, outputs], (at) => k.pack(kernel.id, at, side, inputs, outputs));
    },
    convolveInputGradient(dy, kernel) {
      const [side, , inputs, outputs] = kernel.shape;
      return convolvePacked(dy, [side, outputs, inputs], (at) =>
        k.packTurned(kernel.id, at, side, inputs, outputs),
      );
    },
    convolveKernelGradient(dy, kernel, x) {
      const [side, , inputs, outputs] = kernel.shape;
      const [n, height, width] = x.shape;
      const slope = empty(kernel.shape);
      const sums = side * upToFour(side * inputs) * upToEight(outputs);
      withScratch([paddedSize(x.shape, side), sums], (padded, found) => {
        k.pad(x.id, padded, n, height, width, inputs, (side - 1) / 2);
        new Float32Array(k.memory.buffer, found, sums).fill(0);
        k.kernelGradient(padded, dy.id, found, n, height, width, inputs, outputs, side);
        k.unpack(found, slope.id, side, inputs, outputs);
      });
      return slope;
    },
    addBias: (x, bias) => alike(x, (y) => k.addBias(x.id, bias.id, y, ...rowsOf(x))),
    biasGradient(dy) {
      const slope = empty([rowsOf(dy)[1]]);
      k.columnSums(dy.id, slope.id, ...rowsOf(dy));
      return slope;
    },

    batchNormRelu(x, gamma, beta, epsilon) {
      const [y, mean, variance, inverse] = [x, gamma, gamma, gamma].map(({ shape }) => empty(shape));
      const written = [y, mean, variance, inverse].map(({ id }) => id);
      k.batchNormRelu(x.id, gamma.id, beta.id, ...written, ...rowsOf(x), epsilon);
      return { y, mean, variance, reserved: [mean, inverse] };
    },
    batchNormGradient(dy, x, gamma, [mean, inverse]) {
      const [dx, dGamma, dBeta] = [x, gamma, gamma].map(({ shape }) => empty(shape));
      const [rows, channels] = rowsOf(x);
      withScratch([2 * upToFour(channels)], (scratch) => {
        const read = [dy, x, gamma, mean, inverse].map(({ id }) => id);
        k.batchNormGradient(...read, dx.id, dGamma.id, dBeta.id, scratch, rows, channels);
      });
      return { dx, dGamma, dBeta };
    },

    maxPool(x) {
      const [n, height, width, channels] = x.shape;
      const y = empty([n, height / 2, width / 2, channels]);
      k.maxPool(x.id, y.id, ...x.shape);
      return { y, workspace: [] };
    },
    maxPoolGradient: (dy, x, y) => alike(x, (dx) => k.maxPoolGradient(dy.id, x.id, y.id, dx, ...x.shape)),

    double(x) {
      const [n, height, width, channels] = x.shape;
      const y = empty([n, 2 * height, 2 * width, channels]);
      k.double(x.id, y.id, ...x.shape);
      return y;
    },
    doubleGradient: (dy, x) => alike(x, (dx) => k.doubleGradient(dy.id, dx, ...x.shape)),

    concat(x, y) {
      const [rows, first] = rowsOf(x);
      const [, second] = rowsOf(y);
      const both = empty([...x.shape.slice(0, -1), first + second]);
      k.copyChannels(x.id, both.id, rows, first, first, first + second);
      k.copyChannels(y.id, both.id + 4 * first, rows, second, second, first + second);
      return both;
    },
    halves(dy) {
      const [rows, channels] = rowsOf(dy);
      const half = channels / 2;
      return [0, half].map((from) => {
        const made = empty([...dy.shape.slice(0, -1), half]);
        k.copyChannels(dy.id + 4 * from, made.id, rows, half, channels, half);
        return made;
      });
    },
  };
}

/** The allocator's limit for one tensor. */
const LARGEST = 2 ** 30 - 64;
/** Bytes that kernels may read or write beyond a tensor. */
const SLACK = 32;

const sizeOf = (shape: readonly number[]) => shape.reduce((size, side) => size * side, 1);
const upToFour = (count: number) => 4 * Math.ceil(count / 4);
const upToEight = (count: number) => 8 * Math.ceil(count / 8);
const paddedSize = ([n, height, width, channels]: readonly number[], side: number) =>
  n * (height + side - 1) * (width + side - 1) * channels;

/** [everything but the channels, channels] */
function rowsOf({ shape }: Handle): [number, number] {
  const channels = shape[shape.length - 1];
  return [sizeOf(shape) / channels, channels];
}
