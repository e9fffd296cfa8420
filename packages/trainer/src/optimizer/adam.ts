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

/**
 * One step of Adam (Kingma & Ba 2015) with weight decay, in place: `adamw` takes it off the weights (Loshchilov &
 * Hutter 2019), `adam` adds it to the gradient. One pass over plain numbers takes two thirds of the time of a tensor
 * library's dozen.
 *
 * @param decays [size], 1 where a parameter decays and 0 where not
 * @param start of the values that take the step, up to before `end`
 */
export function adam(
  { parameters, firstMoments, secondMoments }: AdamState,
  gradient: Float32Array,
  decays: Float32Array,
  { optimizer, learningRate, weightDecay, step }: AdamStep,
  start = 0,
  end = parameters.length,
): void {
  const asGradient = optimizer === "adam" ? weightDecay : 0;
  const offWeights = optimizer === "adamw" ? learningRate * weightDecay : 0;
  const rate = learningRate / (1 - BETA_1 ** (step + 1));
  const unbias = 1 / (1 - BETA_2 ** (step + 1));
  for (let i = start; i < end; i++) {
    const weight = parameters[i];
    const decay = decays[i];
    const slope = gradient[i] + asGradient * decay * weight;
    const first = BETA_1 * firstMoments[i] + (1 - BETA_1) * slope;
    const second = BETA_2 * secondMoments[i] + (1 - BETA_2) * slope * slope;
    firstMoments[i] = first;
    secondMoments[i] = second;
    parameters[i] =
      weight * (1 - offWeights * decay) - (rate * first) / (Math.sqrt(second * unbias) + EPSILON);
  }
}
