import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import type { Batch } from "../data/batch";
import { decayMask, fields, flatten, unflatten } from "../network/flat";
import { forwardFolded } from "../network/inference";
import { segmentationLoss } from "../network/loss";
import { forwardTraining, type Named } from "../network/training-forward";
import {
  type Architecture,
  layout,
  sizeOf,
  type WeightSpec,
  type Weights,
  weight,
  weightSpecs,
} from "../network/weights";
import { adam } from "../optimizer/adam";
import type { NetworkPlan } from "./network-plan";

const STATISTICS_MOMENTUM = 0.95;

export const SNAPSHOT_PARTS = ["parameters", "firstMoments", "secondMoments", "statistics"] as const;
type Part = (typeof SNAPSHOT_PARTS)[number];

/** All that a training is between two steps: flat vectors in the order of the weights, and the steps taken. */
export type Snapshot = Record<Part, Float32Array> & { step: number };

/** A network in training: its weights live in four flat tensors on the backend. */
export interface Learner {
  /** One step down the gradient of the batch's loss. @returns the loss before the step */
  learn(batch: Batch, learningRate: number): number;
  /** Logits of folded input in inference mode, [n, height / patch, width / patch, patch²]. */
  predict(batch: Pick<Batch, "input" | "inputShape">): Float32Array;
  snapshot(): Snapshot;
  dispose(): void;
}

/** Where a training begins. */
export function firstSnapshot(architecture: Architecture, weights: Weights): Snapshot {
  const { parameters, statistics } = fields(architecture);
  const flat = flatten(parameters, weights);
  return {
    parameters: flat,
    firstMoments: new Float32Array(flat.length),
    secondMoments: new Float32Array(flat.length),
    statistics: flatten(statistics, weights),
    step: 0,
  };
}

/** The weights in a snapshot, by name. */
export function weightsOf(
  architecture: Architecture,
  { parameters, statistics }: Pick<Snapshot, "parameters" | "statistics">,
): Weights {
  const specs = fields(architecture);
  const found: Weights = new Map([
    ...unflatten(specs.parameters, parameters),
    ...unflatten(specs.statistics, statistics),
  ]);
  return new Map(weightSpecs(architecture).map(({ name }) => [name, weight(found, name)]));
}

/** What a step depends on, but for its rate. */
export type LearningPlan = Architecture & Pick<NetworkPlan, "loss" | "optimizer" | "weightDecay">;

/** A network that goes on from a snapshot. The caller disposes it. */
export function makeLearner(tf: Tf, plan: LearningPlan, from: Snapshot): Learner {
  const { optimizer, weightDecay } = plan;
  const shape = layout(plan);
  const specs = fields(plan);
  const decays = tf.tensor1d(decayMask(specs.parameters));
  let step = from.step;
  let state: Record<Part, Tensor1D> = {
    parameters: tf.tensor1d(from.parameters),
    firstMoments: tf.tensor1d(from.firstMoments),
    secondMoments: tf.tensor1d(from.secondMoments),
    statistics: tf.tensor1d(from.statistics),
  };

  /** Loss, gradient and the batch's own statistics, each of the latter two as one vector. */
  function differentiate(batch: Batch) {
    const x = tf.tensor4d(batch.input, batch.inputShape);
    const target = tf.tensor4d(batch.target, batch.targetShape);
    const batchStatistics: Tensor1D[] = [];
    const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const named = byName(specs.parameters, tensors);
      const collect = (mean: Tensor1D, variance: Tensor1D) => batchStatistics.push(mean, variance);
      return segmentationLoss(tf, forwardTraining(tf, shape, named, x, collect), target, plan.loss);
    })(split(tf, state.parameters, specs.parameters));
    const statistics = tf.concat1d(batchStatistics);
    tf.dispose(batchStatistics);
    return { loss: value, gradient: tf.concat1d(grads.map(asVector)), statistics };
  }

  return {
    learn(batch, learningRate) {
      const { loss, ...next } = tf.tidy(() => {
        const { loss, gradient, statistics } = differentiate(batch);
        // The plain average of the first batches, then a moving one: usable from the first epoch on.
        const kept = Math.min(STATISTICS_MOMENTUM, step / (step + 1));
        const moved = state.statistics.mul(kept).add<Tensor1D>(statistics.mul(1 - kept));
        return {
          ...adam(tf, state, gradient, decays, { optimizer, weightDecay, learningRate, step }),
          statistics: moved,
          loss,
        };
      });
      const [lossValue] = loss.dataSync();
      loss.dispose();
      tf.dispose(Object.values(state));
      state = next;
      step++;
      return lossValue;
    },
    predict({ input, inputShape }) {
      const logits = tf.tidy(() => {
        const parameters = split(tf, state.parameters, specs.parameters);
        const statistics = split(tf, state.statistics, specs.statistics);
        const all = [...specs.parameters, ...specs.statistics];
        const named = byName(all, [...parameters, ...statistics]);
        return forwardFolded(tf, shape, named, tf.tensor4d(input, inputShape));
      });
      const values = logits.dataSync<"float32">().slice();
      logits.dispose();
      return values;
    },
    snapshot() {
      const copy = (part: Part) => state[part].dataSync<"float32">().slice();
      return {
        parameters: copy("parameters"),
        firstMoments: copy("firstMoments"),
        secondMoments: copy("secondMoments"),
        statistics: copy("statistics"),
        step,
      };
    },
    dispose: () => tf.dispose([decays, ...Object.values(state)]),
  };
}

function split(tf: Tf, vector: Tensor1D, specs: WeightSpec[]): Tensor[] {
  const sizes = specs.map((spec) => sizeOf(spec.shape));
  return tf.split(vector, sizes).map((part, i) => {
    const { shape } = specs[i];
    return shape.length === 1 ? part : part.reshape(shape);
  });
}

/** A reshape that changes nothing costs as much as one that does, and most weights are vectors already. */
const asVector = (tensor: Tensor): Tensor1D => (tensor.rank === 1 ? (tensor as Tensor1D) : tensor.as1D());

function byName(specs: WeightSpec[], tensors: Tensor[]): Named {
  const found = new Map(specs.map((spec, i) => [spec.name, tensors[i]]));
  return (name) => {
    const tensor = found.get(name);
    if (tensor) return tensor;
    throw new RangeError(`the network has no ${name}`);
  };
}
