import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type BackendName, loadBackend, type Tf } from "../backend";
import { type Handle, type Kernels, openKernels } from "../kernels";
import { sizeOf } from "../shape";
import { gradientError, randomValues } from "./numeric-gradient";

/** Float32 differences are good to about a thousandth. */
const TOLERANCE = 3e-3;
const EPSILON = 1e-5;

type Sides = [number, number, number, number];
type Shape = Record<"n" | "height" | "width" | "inputs" | "outputs" | "side", number>;

/** A kernel, and the kernels that go back from its slope to that of each input. */
type Operation = (k: Kernels, ...inputs: Handle[]) => { y: Handle; back(dy: Handle): readonly Handle[] };

const convolution: Operation = (k, x, kernel) => ({
  y: k.convolve(x, kernel),
  back: (dy) => [k.convolveInputGradient(dy, kernel, x), k.convolveKernelGradient(dy, kernel, x)],
});
const normalisation: Operation = (k, x, gamma, beta) => {
  const norm = k.batchNormRelu(x, gamma, beta, EPSILON);
  const back = (dy: Handle) => {
    const slopes = k.batchNormGradient(k.reluGradient(dy, norm.y), x, gamma, norm, EPSILON);
    return [slopes.dx, slopes.dGamma, slopes.dBeta];
  };
  return { y: norm.y, back };
};
const pool: Operation = (k, x) => {
  const { y, workspace } = k.maxPool(x);
  return { y, back: (dy) => [k.maxPoolGradient(dy, x, y, workspace)] };
};
const upsampling: Operation = (k, x) => ({
  y: k.upsample(x),
  back: (dy) => [k.upsampleGradient(dy, x)],
});
const join: Operation = (k, x, y) => ({ y: k.concat(x, y), back: (dy) => k.split(dy) });
const bias: Operation = (k, x, offset) => ({
  y: k.addBias(x, offset),
  back: (dy) => [dy, k.biasGradient(dy)],
});

/** Every kernel against tfjs, and every gradient against central differences. A process has one backend. */
export function describeKernels(backend: BackendName): void {
  let tf: Tf;
  let k: Kernels;
  beforeAll(async () => {
    tf = (await loadBackend(backend)).tf;
    k = openKernels(tf);
  });
  const filled = (shape: number[], seed: number) => k.tensor(randomValues(sizeOf(shape), seed), shape);

  const count = (max: number) => fc.integer({ min: 1, max });
  /** Odd counts, too: kernels may count in fours. */
  const shapes = fc.record({
    n: count(3),
    height: count(9),
    width: count(9),
    inputs: count(10),
    outputs: count(18),
    side: fc.constantFrom(1, 3, 5),
  });

  describe(`kernels on ${backend} answer as tfjs`, () => {
    function expectSame(own: Handle, theirs: Tensor): void {
      expect(own.shape).toEqual(theirs.shape);
      const values = theirs.dataSync();
      const apart = k.read(own).map((value, i) => Math.abs(value - values[i]));
      expect(Math.max(...apart)).toBeLessThan(1e-5 * Math.max(1, ...values.map(Math.abs)));
    }
    /** The same pictures twice, of sides twice those of the shape. */
    const pictures = ({ n, height, width, inputs }: Shape, seed = 1) => {
      const shape: Sides = [n, 2 * height, 2 * width, inputs];
      const own = filled(shape, seed);
      return { own, tfjs: tf.tensor4d(k.read(own), shape) };
    };
    const check = (compare: (shape: Shape) => void) =>
      fc.assert(fc.property(shapes, compare), { numRuns: 40 });

    const compareConvolution = (shape: Shape) => {
      const { own, tfjs } = pictures(shape);
      const sides: Sides = [shape.side, shape.side, shape.inputs, shape.outputs];
      const kernel = filled(sides, 2);
      expectSame(k.convolve(own, kernel), tf.conv2d(tfjs, tf.tensor4d(k.read(kernel), sides), 1, "same"));
    };

    test("convolution", () => {
      check(compareConvolution);
    });

    test("convolution of more pixels than are worked on at once", () => {
      compareConvolution({ n: 3, height: 17, width: 19, inputs: 6, outputs: 11, side: 3 });
    });

    test("batch norm and its statistics", () => {
      check((shape) => {
        const { own, tfjs } = pictures(shape);
        const [gamma, beta] = [filled([shape.inputs], 2), filled([shape.inputs], 3)];
        const found = k.batchNormRelu(own, gamma, beta, EPSILON);
        const { mean, variance } = tf.moments(tfjs, [0, 1, 2]);
        const rows = tfjs.size / shape.inputs;
        const [m, v] = [mean, variance] as Tensor1D[];
        const [offset, scale] = [beta, gamma].map((own) => tf.tensor1d(k.read(own)));
        expectSame(found.y, tf.relu(tf.batchNorm(tfjs, m, v, offset, scale, EPSILON)));
        expectSame(found.mean, mean);
        expectSame(found.variance, variance.mul(rows / (rows - 1)));
      });
    });

    test("pooling, upsampling, joining, adding", () => {
      check((shape) => {
        const [x, y] = [pictures(shape), pictures(shape, 2)];
        const offset = filled([shape.inputs], 3);
        const sides: [number, number] = [4 * shape.height, 4 * shape.width];
        expectSame(k.maxPool(x.own).y, tf.maxPool(x.tfjs, 2, 2, "valid"));
        expectSame(k.upsample(x.own), tf.image.resizeBilinear(x.tfjs, sides, false, true));
        expectSame(k.concat(x.own, y.own), tf.concat([x.tfjs, y.tfjs], 3));
        expectSame(k.add(x.own, y.own), tf.add(x.tfjs, y.tfjs));
        expectSame(k.addBias(x.own, offset), tf.add(x.tfjs, tf.tensor1d(k.read(offset))));
      });
    });
  });

  test(`${backend} hands on what is no number, so that a training that diverges is noticed`, () => {
    const shape = [1, 2, 2, 1];
    const x = k.tensor(Float32Array.of(1, Number.NaN, 2, 3), shape);
    const one = k.tensor(Float32Array.of(1), [1]);
    const kernel = k.tensor(Float32Array.of(1), [1, 1, 1, 1]);
    const norm = k.batchNormRelu(x, one, one, EPSILON);
    expect(k.read(norm.y).every(Number.isNaN)).toBe(true); // so pooling, which may lose one, does not
    const found = {
      convolve: k.convolve(x, kernel),
      upsample: k.upsample(x),
      concat: k.concat(x, x),
      add: k.add(x, x),
      addBias: k.addBias(x, one),
    };
    const lost = Object.entries(found).filter(([, y]) => !k.read(y).some(Number.isNaN));
    expect(lost.map(([name]) => name)).toEqual([]);
  });

  describe(`gradients on ${backend}`, () => {
    function expectGradient(
      operation: Operation,
      inputs: { shape: number[]; values: Float32Array }[],
      by = 0.1,
    ) {
      const op = (vectors: Float32Array[]) => {
        const { y, back } = operation(k, ...vectors.map((values, i) => k.tensor(values, inputs[i].shape)));
        return { y: k.read(y), back: (dy: Float32Array) => back(k.tensor(dy, y.shape)).map(k.read) };
      };
      const values = inputs.map(({ values }) => values);
      expect(gradientError(op, values, by)).toBeLessThan(TOLERANCE);
    }
    const random = (shape: number[], seed: number) => ({ shape, values: randomValues(sizeOf(shape), seed) });

    test.each([
      { kernel: [3, 3, 2, 3], side: [5, 4] },
      { kernel: [3, 3, 1, 1], side: [1, 1] },
      { kernel: [3, 3, 5, 9], side: [9, 3] },
      { kernel: [1, 1, 3, 2], side: [3, 3] },
    ])("a $kernel convolution on $side px", ({ kernel, side }) => {
      expectGradient(convolution, [random([2, ...side, kernel[2]], 6), random(kernel, 7)]);
    });

    test.each([2, 5])("batch norm with ReLU of %i channels: input, gamma and beta", (channels) => {
      // gamma and beta keep every value off the ReLU's corner, where there is no gradient
      const gamma = { shape: [channels], values: randomValues(channels, 8, 0.4, 0.5) };
      const beta = { shape: [channels], values: randomValues(channels, 9, 1.5, 2) };
      expectGradient(normalisation, [random([2, 3, 3, channels], 3), gamma, beta], 0.02);
    });

    test("a rectified value passes nothing back", () => {
      const x = filled([2, 3, 3, 1], 4);
      const { y, back } = normalisation(
        k,
        x,
        k.tensor(Float32Array.of(1), [1]),
        k.tensor(Float32Array.of(-9), [1]),
      );
      const [dx] = back(filled([2, 3, 3, 1], 5));
      expect([...k.read(y), ...k.read(dx)].every((value) => value === 0)).toBe(true);
    });

    test("pooling: to the largest, and to the first of several", () => {
      // All apart from one another, so that no step makes another the largest.
      const apart = Float32Array.from({ length: 96 }, (_, i) => (i * 37) % 97);
      expectGradient(pool, [{ shape: [2, 4, 4, 3], values: apart }]);

      const x = k.tensor(Float32Array.of(1, 0, 1, 2, /**/ 1, 3, 0, 3), [1, 2, 4, 1]);
      const [dx] = pool(k, x).back(k.tensor(Float32Array.of(5, 7), [1, 1, 2, 1]));
      // biome-ignore format: as the picture lies
      expect([...k.read(dx)]).toEqual([
        0, 0, 0, 0,
        0, 5, 0, 7,
      ]);
      const same = k.tensor(new Float32Array(8), [1, 2, 4, 1]);
      const [first] = pool(k, same).back(k.tensor(Float32Array.of(5, 7), [1, 1, 2, 1]));
      expect([...k.read(first)]).toEqual([5, 0, 7, 0, 0, 0, 0, 0]);
    });

    test.each([
      [2, 3, 4, 2],
      [1, 1, 1, 2],
      [1, 2, 1, 5],
    ])("upsampling [%i, %i, %i, %i], edges included", (...shape) => {
      expectGradient(upsampling, [random(shape, 1)]);
    });

    test("joining and bias", () => {
      expectGradient(join, [random([2, 3, 3, 5], 1), random([2, 3, 3, 5], 2)]);
      expectGradient(bias, [random([2, 3, 3, 5], 1), random([5], 2)]);
    });
  });
}
