import type { Training } from "@sluice/core";
import type { Tf } from "../backend";
import { emptyBatch } from "../data/batch";
import { batchFiller } from "../data/examples";
import { batchesOf, stepsPerEpoch } from "./course";
import { makeLearner, type Snapshot } from "./learner";
import type { Splits } from "./train";

const WARM_UP_STEPS = 2; // the first steps pay for allocation and kernel set-up
const TIMED_STEPS = 8;
/** Kept back for checkpoints and a slower moment. */
const MARGIN = 0.93;

/**
 * How many epochs fit into the recipe's budget: a few real steps and one validation batch are timed on a learner
 * that is thrown away, so the training itself depends on the number alone.
 *
 * @param now milliseconds; what the timing takes comes out of the budget
 */
export function planEpochs(
  tf: Tf,
  recipe: Training.Recipe,
  { train, validation }: Splits,
  from: Snapshot,
  now: () => number = () => performance.now(),
): number {
  if (recipe.budgetSeconds === null) return recipe.epochs;
  const startedAt = now();
  const learner = makeLearner(tf, recipe, from);
  const batches = batchesOf(train.count, recipe.batchSize, recipe.seed, 1);
  const batch = emptyBatch(batches[0].length, recipe);
  const fill = batchFiller(train, recipe.patch);
  const learn = (i: number) => {
    fill(batch, batches[i % batches.length], { seed: recipe.seed, epoch: 1 });
    learner.learn(batch, { learningRate: 0, weightDecay: 0 });
  };

  for (let i = 0; i < WARM_UP_STEPS; i++) learn(i);
  const stepsFrom = now();
  for (let i = 0; i < TIMED_STEPS; i++) learn(i);
  const stepMs = (now() - stepsFrom) / TIMED_STEPS;
  learner.predict(batch);
  const validationFrom = now();
  learner.predict(batch);
  const validationMs = now() - validationFrom;
  learner.dispose();

  const steps = stepsPerEpoch(train.count, recipe.batchSize);
  const epochMs = steps * stepMs + Math.ceil(validation.count / recipe.batchSize) * validationMs;
  const leftMs = recipe.budgetSeconds * 1000 * MARGIN - (now() - startedAt);
  return Math.max(1, Math.min(recipe.epochs, Math.floor(leftMs / epochMs)));
}
