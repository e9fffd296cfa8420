import { seededRandom } from "@sluice/core/random";
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../backend";

/** Uniform numbers in [low, high). */
export function randomTensor<T extends Tensor>(tf: Tf, shape: number[], seed: number, low = -1, high = 1): T {
  const random = seededRandom(seed);
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => low + (high - low) * random()),
    shape,
  ) as T;
}

/**
 * Compares the gradient of a random weighting of `f` with central differences, at every place of every input.
 *
 * @returns the largest difference, relative to the largest gradient of that input
 */
export function gradientError(
  tf: Tf,
  f: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
  epsilon: number,
): number {
  const weighted = (...at: Tensor[]) => {
    const y = f(...at);
    return y
      .mul(randomTensor(tf, y.shape, 7))
      .sum()
      .asScalar();
  };
  const analytic = tf
    .grads(weighted)(inputs)
    .map((gradient) => gradient.dataSync());
  const errors = inputs.map((input, which) => {
    const values = input.dataSync();
    const valueWith = (place: number, change: number) =>
      tf.tidy(() => {
        const moved = Float32Array.from(values);
        moved[place] += change;
        const at = inputs.map((other, i) => (i === which ? tf.tensor(moved, input.shape) : other));
        return weighted(...at).dataSync()[0];
      });
    const scale = Math.max(...analytic[which].map(Math.abs));
    const differences = Array.from(values, (_, place) => {
      const numeric = (valueWith(place, epsilon) - valueWith(place, -epsilon)) / (2 * epsilon);
      return Math.abs(numeric - analytic[which][place]);
    });
    return Math.max(...differences) / scale;
  });
  return Math.max(...errors);
}
