import type { Batch } from "../data/batch";
import { decayMask, fields, flatten, unflatten } from "../network/flat";
import type { Slope } from "../network/lesson";
import { type Architecture, type Weights, weight, weightSpecs } from "../network/weights";
import { meanOver, shared, type Update, update } from "../optimizer/update";
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
  const decays = shared(decayMask(fields(plan).parameters));
  const network = { patch: plan.patch, base: plan.base, levels: plan.levels };
  const lesson = { ...network, loss: plan.loss };
  const { parameters, firstMoments, secondMoments } = from;
  const state: Snapshot = {
    ...copyOf(from),
    parameters: shared(parameters),
    firstMoments: shared(firstMoments),
    secondMoments: shared(secondMoments),
  };
  const slopes: Slope[] = Array.from({ length: plan.replicas }, () => ({
    loss: 0,
    gradient: shared(new Float32Array(parameters.length)),
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

  /** Each replica that can takes its part of the step; this thread has the last one. */
  async function takeStep(step: Update): Promise<void> {
    const helpers = replicas.filter(({ update }) => update);
    const bound = (i: number) => Math.floor((i * parameters.length) / (helpers.length + 1));
    const parts = helpers.map((helper, i) => helper.update?.(step, bound(i), bound(i + 1)));
    update(step, bound(helpers.length), parameters.length);
    await Promise.all(parts);
  }

  return {
    async learn(batch, learningRate) {
      const parts = partsOf(batch, plan.replicas);
      await ofParts(parts, (replica, part, i) => replica.differentiate(lesson, state, part, slopes[i]));
      const shares = parts.map(({ inputShape }) => inputShape[0] / batch.inputShape[0]);
      const used = slopes.slice(0, parts.length);
      const { optimizer, weightDecay } = plan;
      const gradients = used.map(({ gradient }) => gradient);
      await takeStep({ ...state, gradients, shares, decays, optimizer, weightDecay, learningRate });
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
