import type { Tensor1D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";

const BETA_1 = 0.9;
const BETA_2 = 0.99; // shorter memory than the usual 0.999: a training here has hundreds of steps, not millions
const EPSILON = 1e-8;

/** All parameters of a network in one vector, and Adam's two moments of each. */
export interface AdamState {
  parameters: Tensor1D;
  firstMoments: Tensor1D;
  secondMoments: Tensor1D;
}

/**
 * One step of Adam (Kingma & Ba 2015) with weight decay: `adamw` takes it off the weights (Loshchilov & Hutter 2019),
 * `adam` adds it to the gradient. On one flat vector it takes a dozen operations for the whole network instead of a
 * dozen per weight.
 *
 * @param decays [size], 1 where a parameter decays and 0 where not
 * @param step from 0
 * @returns the next state; the given one is left alone
 */
export function adam(
  tf: Tf,
  { parameters, firstMoments, secondMoments }: AdamState,
  gradient: Tensor1D,
  decays: Tensor1D,
  {
    optimizer,
    learningRate,
    weightDecay,
    step,
  }: { optimizer: "adam" | "adamw"; learningRate: number; weightDecay: number; step: number },
): AdamState {
  const decayed =
    optimizer === "adam" ? gradient.add<Tensor1D>(parameters.mul(decays).mul(weightDecay)) : gradient;
  const first = firstMoments.mul(BETA_1).add<Tensor1D>(decayed.mul(1 - BETA_1));
  const second = secondMoments.mul(BETA_2).add<Tensor1D>(decayed.square().mul(1 - BETA_2));
  const rate = learningRate / (1 - BETA_1 ** (step + 1));
  const root = second.div(1 - BETA_2 ** (step + 1)).sqrt();
  const kept =
    optimizer === "adamw" ? parameters.mul(tf.sub(1, decays.mul(learningRate * weightDecay))) : parameters;
  const next = kept.sub<Tensor1D>(first.mul(rate).div(root.add(EPSILON)));
  return { parameters: next, firstMoments: first, secondMoments: second };
}
