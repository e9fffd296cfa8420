import { atLeast, instantiate } from "@sluice/core/kernels/instantiate";
import { upToFour } from "../shape";
import { BINARY } from "./binary";

const BETA_1 = 0.9;
const BETA_2 = 0.99; // shorter memory than the usual 0.999: a training here has hundreds of steps, not millions
const EPSILON = 1e-8;

/** All parameters of a network in one vector, and Adam's two moments of each. */
export interface AdamState {
  parameters: Float32Array;
  firstMoments: Float32Array;
  secondMoments: Float32Array;
}

/** How a step is made. */
export interface AdamStep {
  optimizer: "adam" | "adamw";
  learningRate: number;
  weightDecay: number;
  /** From 0. */
  step: number;
}

/** Vectors in WebAssembly's memory, to be read and written from here, too; and the step that works on them there. */
export interface Adam {
  state: AdamState;
  /** Of each part of a batch, to be written before a step. */
  gradients: Float32Array[];
  /**
   * One step down the gradients' weighted mean, which replaces the first of them.
   *
   * Adam (Kingma & Ba 2015) with weight decay: `adamw` takes it off the weights (Loshchilov & Hutter 2019), `adam` adds
   * it to the gradient.
   *
   * @param shares how much each part counts, as many as are used; they make up 1
   */
  step(how: AdamStep, shares: readonly number[]): void;
}

/**
 * @param from where it goes on; copied
 * @param decays [size], 1 where a parameter decays and 0 where not
 * @param parts of which a batch may have so many
 */
export function openAdam(from: AdamState, decays: Float32Array, parts: number): Adam {
  const kernels = instantiate<"average" | "adam">(BINARY);
  const size = from.parameters.length;
  const count = upToFour(size);
  atLeast(kernels.memory, 4 * count * (4 + parts));
  let end = 0;
  const vector = (values: ArrayLike<number> = []) => {
    const made = new Float32Array(kernels.memory.buffer, end, size);
    end += 4 * count;
    made.set(values);
    return made;
  };
  const state = {
    parameters: vector(from.parameters),
    firstMoments: vector(from.firstMoments),
    secondMoments: vector(from.secondMoments),
  };
  const decaying = vector(decays);
  const gradients = Array.from({ length: parts }, () => vector());
  const at = ({ byteOffset }: Float32Array) => byteOffset;

  return {
    state,
    gradients,
    step({ optimizer, learningRate, weightDecay, step }, [own, ...others]) {
      const [mean] = gradients;
      for (const [i, share] of others.entries()) {
        kernels.average(at(mean), at(gradients[i + 1]), i === 0 ? own : 1, share, count);
      }
      const { parameters, firstMoments, secondMoments } = state;
      kernels.adam(
        ...[parameters, firstMoments, secondMoments, mean, decaying].map(at),
        ...[count, BETA_1, BETA_2, EPSILON],
        optimizer === "adam" ? weightDecay : 0,
        optimizer === "adamw" ? learningRate * weightDecay : 0,
        learningRate / (1 - BETA_1 ** (step + 1)),
        1 / (1 - BETA_2 ** (step + 1)),
      );
    },
  };
}
