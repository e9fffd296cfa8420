import type { Scalar, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { type BackendName, loadBackend, type Tf } from "../backend";
import { lossOf } from "../network/autograd";
import { batchNormRelu } from "../network/batch-norm";
import { upsample } from "../network/upsample";
import { gradientError, randomTensor } from "./numeric-gradient";

/** Float32 differences are good to about a thousandth. */
const TOLERANCE = 3e-3;

/** Every operation with a gradient of its own, against central differences. A process has one backend. */
export function describeGradients(backend: BackendName): void {
  describe(`gradients on ${backend}`, () => {
    let tf: Tf;
    beforeAll(async () => {
      tf = (await loadBackend(backend)).tf;
    });
    const tensor = <T extends Tensor>(shape: number[], seed: number, low?: number, high?: number) =>
      randomTensor<T>(tf, shape, seed, low, high);

    test("upsampling, edges included", () => {
      const x = tensor<Tensor4D>([2, 3, 4, 2], 1);
      expect(gradientError(tf, (x) => upsample(tf, x as Tensor4D), [x], 0.1)).toBeLessThan(TOLERANCE);
    });

    test("upsampling a single pixel", () => {
      const x = tensor<Tensor4D>([1, 1, 1, 2], 2);
      expect(gradientError(tf, (x) => upsample(tf, x as Tensor4D), [x], 0.1)).toBeLessThan(TOLERANCE);
    });

    test("batch norm with ReLU: input, gamma and beta", () => {
      // gamma and beta keep every value off the ReLU's corner, where there is no gradient
      const x = tensor<Tensor4D>([2, 3, 3, 2], 3);
      const gamma = tf.tensor1d([0.5, 0.4]);
      const beta = tf.tensor1d([2, 1.5]);
      const f = (...[x, gamma, beta]: Tensor[]) =>
        batchNormRelu(tf, x as Tensor4D, gamma as Tensor1D, beta as Tensor1D).y;
      expect(gradientError(tf, f, [x, gamma, beta], 0.02)).toBeLessThan(TOLERANCE);
    });

    test("a rectified value passes nothing back", () => {
      const x = tensor<Tensor4D>([2, 3, 3, 1], 4);
      const f = (x: Tensor) =>
        batchNormRelu(tf, x as Tensor4D, tf.tensor1d([1]), tf.tensor1d([-9]))
          .y.sum()
          .asScalar();
      expect([...tf.grad(f)(x).dataSync()].every((value) => value === 0)).toBe(true);
    });

    test.each(["cross_entropy", "cross_entropy_and_dice"] as const)(
      "the loss %s, on a photo with a window and one without",
      (kind) => {
        const logits = tensor<Tensor4D>([2, 4, 4, 1], 5, -4, 4);
        const target = Float32Array.from({ length: 32 }, (_, i) => (i < 8 ? 1 : 0));
        const loss = (z: Tensor): Scalar => lossOf(tf, z, target, kind);
        expect(gradientError(tf, loss, [logits], 0.01)).toBeLessThan(TOLERANCE);
      },
    );

    test.each([
      { kernel: [3, 3, 2, 3], side: [5, 4] },
      { kernel: [3, 3, 1, 1], side: [1, 1] },
      { kernel: [1, 1, 3, 2], side: [3, 3] },
    ])("a $kernel convolution on $side px", ({ kernel, side }) => {
      const x = tensor<Tensor4D>([2, ...side, kernel[2]], 6);
      const w = tensor<Tensor4D>(kernel, 7);
      const f = (...[x, w]: Tensor[]) => tf.conv2d(x as Tensor4D, w as Tensor4D, 1, "same");
      expect(gradientError(tf, f, [x, w], 0.1)).toBeLessThan(TOLERANCE);
    });
  });
}
