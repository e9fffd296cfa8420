import { seededRandom } from "@sluice/core";
import { type Architecture, initialWeights, type Weights } from "../network/weights";

/** Fresh weights with statistics, scales and offsets as far from 0 and 1 as trained ones are. */
export function livedInWeights(architecture: Architecture): Weights {
  const random = seededRandom(7);
  const weights = initialWeights(architecture, 5);
  for (const [name, { data }] of weights) {
    if (name.endsWith("kernel")) continue;
    const isPositive = name.endsWith("gamma") || name.endsWith("variance");
    data.forEach((_, i) => {
      data[i] = isPositive ? 0.4 + 1.5 * random() : random() - 0.5;
    });
  }
  return weights;
}

export const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));
