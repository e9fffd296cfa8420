import type { Training } from "@sluice/core";
import { seededRandom } from "@sluice/core/random";
import { mix } from "../augmentation/plan";
import type { Weights } from "../network/weights";
import { type Snapshot, weightsOf } from "./learner";
import type { NetworkPlan } from "./network-plan";

/** A training between two epochs: with the data and the recipe, all that the next epoch depends on. */
export interface Course {
  /** How many epochs the learning rate's schedule spans. */
  planned: number;
  /** One per finished epoch. */
  records: Training.EpochRecord[];
  now: Snapshot;
  best: Best | null;
}

export interface Best extends Pick<Snapshot, "parameters" | "statistics"> {
  /** From 1. */
  epoch: number;
  dice: number;
}

/** What a training leaves. */
export interface Trained {
  weights: Weights;
  bestEpoch: number;
  bestDice: number;
  records: Training.EpochRecord[];
}

/** The later of two equals: it has seen more. */
export const isBetter = (dice: number, best: Best | null) => best === null || dice >= best.dice;

/** At the end of the plan, or of patience: epochs on smaller photos are none of those that are waited through. */
export function isOver({ planned, records, best }: Course, patience: number): boolean {
  const finished = records.length;
  const early = records.filter((record) => record.early).length;
  return finished >= planned || (best !== null && finished - Math.max(best.epoch, early) >= patience);
}

export const trained = (plan: NetworkPlan, best: Best, records: Training.EpochRecord[]): Trained => ({
  weights: weightsOf(plan, best),
  bestEpoch: best.epoch,
  bestDice: best.dice,
  records,
});

export const stepsPerEpoch = (count: number, batchSize: number) => Math.max(1, Math.floor(count / batchSize));

/**
 * An epoch's batches: a shuffle that depends on seed and epoch alone. What is left over after whole batches waits
 * for another epoch, as the statistics of a batch of one or two would harm more than they teach.
 *
 * @param epoch from 1
 */
export function batchesOf(count: number, batchSize: number, seed: number, epoch: number): number[][] {
  const random = seededRandom(mix(seed, epoch));
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const steps = stepsPerEpoch(count, batchSize);
  return Array.from({ length: steps }, (_, step) => order.slice(step * batchSize, (step + 1) * batchSize));
}
