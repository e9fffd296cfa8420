import type { Batch } from "../data/batch";
import { decayMask, fields, flatten, unflatten } from "../network/flat";
import type { Slope } from "../network/lesson";
import { type Architecture, type Weights, weight, weightSpecs } from "../network/weights";
import { openAdam } from "../optimizer/adam";
import { partsOf } from "../replicas/parts";
import type { Replica } from "../replicas/replica";
import type { NetworkPlan } from "./network-plan";

const STATISTICS_MOMENTUM = 0.95;

export const SNAPSHOT_PARTS = ["parameters", "firstMoments", "secondMoments", "statistics"] as const;

/** All that a training is between two steps: flat vectors in the order of the weights, and the steps taken. */
export type Snapshot = Record<(typeof SNAPSHOT_PARTS)[number], Float32Array> & { step: number };

/** A network in training. */
export interface Learner {
  /** One step down the gradient of the batch's loss. @returns the loss before the step */
  learn(batch: Batch, learningRate: number): Promise<number>;
  /** Logits of folded input in inference mode, [n, height / patch, width / patch, patch²]. */
  predict(batch: Batch): Promise<Float32Array>;
  snapshot(): Snapshot;
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
export type LearningPlan = Architecture &
  Pick<NetworkPlan, "loss" | "optimizer" | "weightDecay" | "replicas">;

/**
 * A network that goes on from a snapshot. Each batch is learned in `plan.replicas` parts, each with its own batch
 * statistics, whose gradients are averaged: so many replicas there are, or fewer, the numbers are the same.
 */
export function makeLearner(replicas: readonly Replica[], plan: LearningPlan, from: Snapshot): Learner {
  const network = { patch: plan.patch, base: plan.base, levels: plan.levels };
  const lesson = { ...network, loss: plan.loss };
  const adam = openAdam(from, decayMask(fields(plan).parameters), plan.replicas);
  const state: Snapshot = { ...adam.state, statistics: from.statistics.slice(), step: from.step };
  const slopes: Slope[] = adam.gradients.map((gradient) => ({
    loss: 0,
    gradient,
    statistics: new Float32Array(state.statistics.length),
  }));

  /** Asks of each part of a batch; the first replica is this process, and so comes last. */
  function ofParts<T>(
    parts: readonly Batch[],
    ask: (replica: Replica, part: Batch, i: number) => Promise<T>,
  ) {
    const answers = new Array<Promise<T>>(parts.length);
    for (let i = parts.length - 1; i >= 0; i--) {
      answers[i] = ask(replicas[i % replicas.length], parts[i], i);
    }
    return Promise.all(answers);
  }

  return {
    async learn(batch, learningRate) {
      const parts = partsOf(batch, plan.replicas);
      await ofParts(parts, (replica, part, i) => replica.differentiate(lesson, state, part, slopes[i]));
      const shares = parts.map(({ inputShape }) => inputShape[0] / batch.inputShape[0]);
      const used = slopes.slice(0, parts.length);
      const { optimizer, weightDecay } = plan;
      adam.step({ optimizer, weightDecay, learningRate, step: state.step }, shares);
      const statistics = used.map((slope) => slope.statistics);
      meanOver(statistics, shares);
      // The plain average of the first batches, then a moving one: usable from the first epoch on.
      const kept = Math.min(STATISTICS_MOMENTUM, state.step / (state.step + 1));
      meanOver([state.statistics, statistics[0]], [kept, 1 - kept]);
      state.step++;
      return used.reduce((sum, { loss }, i) => sum + shares[i] * loss, 0);
    },
    async predict(batch) {
      const answers = await ofParts(partsOf(batch, plan.replicas), (replica, part) =>
        replica.predict(network, state, part),
      );
      return concatenated(answers);
    },
    snapshot: () => copyOf(state),
  };
}

/** The weighted mean of vectors, written over the first. */
function meanOver([mean, ...others]: readonly Float32Array[], [own, ...shares]: readonly number[]): void {
  for (const [k, other] of others.entries()) {
    const kept = k === 0 ? own : 1;
    for (let i = 0; i < mean.length; i++) mean[i] = kept * mean[i] + shares[k] * other[i];
  }
}

function concatenated(arrays: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    out.set(array, offset);
    offset += array.length;
  }
  return out;
}

const copyOf = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  parameters: snapshot.parameters.slice(),
  firstMoments: snapshot.firstMoments.slice(),
  secondMoments: snapshot.secondMoments.slice(),
  statistics: snapshot.statistics.slice(),
});
