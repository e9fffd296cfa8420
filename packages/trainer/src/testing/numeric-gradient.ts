import { seededRandom } from "@sluice/core/random";

/** Uniform numbers in [low, high). */
export function randomValues(count: number, seed: number, low = -1, high = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => low + (high - low) * random());
}

/** A function of vectors, and the way back: from the slope of its values to that of each input. */
export type Differentiable = (inputs: Float32Array[]) => {
  y: Float32Array;
  back(dy: Float32Array): Float32Array[];
};

/**
 * Compares the gradient of a random weighting of `op` with central differences, at every place of every input.
 *
 * @returns the largest difference, relative to the largest gradient of that input
 */
export function gradientError(op: Differentiable, inputs: Float32Array[], epsilon: number): number {
  const { y, back } = op(inputs);
  const weights = randomValues(y.length, 7);
  const weighted = (at: Float32Array[]) => op(at).y.reduce((sum, value, i) => sum + value * weights[i], 0);
  const errors = back(weights).map((analytic, which) => {
    const scale = Math.max(...analytic.map(Math.abs));
    const differences = Array.from(analytic, (slope, place) => {
      const valueWith = (change: number) =>
        weighted(inputs.map((input, i) => (i === which ? input.with(place, input[place] + change) : input)));
      return Math.abs((valueWith(epsilon) - valueWith(-epsilon)) / (2 * epsilon) - slope);
    });
    return Math.max(...differences) / scale;
  });
  return Math.max(...errors);
}
