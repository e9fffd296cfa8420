import { seededRandom } from "@sluice/core/random";
import { shared, type Update } from "./update";

/** A step on random vectors of nine values, the same for the same number of gradients; all memory is shared. */
export function drawnStep(gradients: number): Update {
  const random = seededRandom(gradients);
  const vector = (draw = () => random() - 0.5) => shared(Float32Array.from({ length: 9 }, draw));
  return {
    parameters: vector(),
    firstMoments: vector(),
    secondMoments: vector(random),
    gradients: Array.from({ length: gradients }, () => vector()),
    shares: Array.from({ length: gradients }, () => 1 / gradients),
    decays: vector(() => Number(random() > 0.5)),
    ...({ optimizer: "adamw", learningRate: 0.1, weightDecay: 0.1, step: 4 } as const),
  };
}
