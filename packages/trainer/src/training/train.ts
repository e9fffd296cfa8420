import type { Training } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import type { Tf } from "../backend";
import { emptyBatch } from "../data/batch";
import { batchFiller, type Examples, type Splits } from "../data/examples";
import { initialWeights, type Weights } from "../network/weights";
import { oneCycle } from "../optimizer/schedule";
import { breathe } from "./breathe";
import { batchesOf, type Course, isBetter, isOver, stepsPerEpoch, type Trained, trained } from "./course";
import { firstSnapshot, type Learner, makeLearner } from "./learner";
import { planEpochs, replanEpochs } from "./plan-epochs";
import { validationDice } from "./validate";

export interface Watcher {
  /** After each step. @param fraction of the epoch, 0..1 */
  onStep?(at: { epoch: number; planned: number; fraction: number; loss: number }): void;
  onEpoch?(record: Training.EpochRecord, course: Course): void;
  /** Where the training goes on from after a kill. */
  load?(): Promise<Course | null>;
  save?(course: Course): Promise<void>;
  signal?: AbortSignal;
}

/** Below it a model has found nothing: it calls everything background. */
const FOUND_SOMETHING = 0.01;

/**
 * Trains until the schedule ends or patience does, and answers the best epoch's weights.
 *
 * Shuffle, augmentation and learning rate depend on seed and epoch alone, so a training that was killed goes on
 * from its last saved course and ends with the same weights.
 *
 * @param from the weights to begin with, unless a saved course goes on
 * Throws `training.diverged`; the signal's reason when it is aborted.
 */
export async function train(
  tf: Tf,
  recipe: Training.Recipe,
  splits: Splits,
  watcher: Watcher = {},
  from: Weights = initialWeights(recipe, recipe.seed),
): Promise<Trained> {
  let course = (await watcher.load?.()) ?? (await begin(tf, recipe, splits, from));
  await watcher.save?.(course);
  const learner = makeLearner(tf, recipe, course.now);
  try {
    while (!isOver(course, recipe.patience)) {
      course = await runEpoch(learner, recipe, splits, course, watcher);
      await watcher.save?.(course);
      watcher.onEpoch?.(course.records[course.records.length - 1], course);
    }
  } finally {
    learner.dispose();
  }
  const { best, records } = course;
  if (best && best.dice >= FOUND_SOMETHING) return trained(recipe, best, records);
  throw new SluiceError(
    "training.diverged",
    `After ${records.length} epochs the model still finds no window: its best validation Dice is ${best?.dice.toFixed(4)}`,
    "Look at the masks in the dataset, or train longer or with a smaller learning rate.",
  );
}

async function begin(tf: Tf, recipe: Training.Recipe, splits: Splits, from: Weights): Promise<Course> {
  const now = firstSnapshot(recipe, from);
  return { planned: await planEpochs(tf, recipe, splits, now), records: [], now, best: null };
}

async function runEpoch(
  learner: Learner,
  recipe: Training.Recipe,
  splits: Splits,
  course: Course,
  watcher: Watcher,
): Promise<Course> {
  const startedAt = performance.now();
  const epoch = course.records.length + 1;
  const { loss, learningRate } = await learnEpoch(learner, recipe, splits.train, course, watcher);
  const dice = await validationDice(learner, splits.validation, recipe);
  const now = learner.snapshot();
  const best = isBetter(dice, course.best)
    ? { epoch, dice, parameters: now.parameters, statistics: now.statistics }
    : course.best;
  const seconds = (performance.now() - startedAt) / 1000;
  const record = { epoch, loss, validationDice: dice, learningRate, seconds };
  const records = [...course.records, record];
  return { planned: replanEpochs(recipe, course.planned, records), records, now, best };
}

/** @returns the mean loss, and the last step's learning rate */
async function learnEpoch(
  learner: Learner,
  recipe: Training.Recipe,
  examples: Examples,
  { planned, records }: Course,
  { onStep, signal }: Watcher,
): Promise<{ loss: number; learningRate: number }> {
  const { batchSize, seed, weightDecay } = recipe;
  const epoch = records.length + 1;
  const perEpoch = stepsPerEpoch(examples.count, batchSize);
  const batches = batchesOf(examples.count, batchSize, seed, epoch);
  const fill = batchFiller(examples, recipe.patch);
  const batch = emptyBatch(batches[0].length, recipe);
  let sum = 0;
  let learningRate = 0;
  for (const [i, indices] of batches.entries()) {
    signal?.throwIfAborted();
    learningRate = oneCycle((epoch - 1) * perEpoch + i, planned * perEpoch, recipe.learningRate);
    fill(batch, indices, recipe.augment ? { seed, epoch } : undefined);
    const loss = learner.learn(batch, { learningRate, weightDecay });
    if (!Number.isFinite(loss)) throw diverged(epoch, loss);
    sum += loss;
    onStep?.({ epoch, planned, fraction: (i + 1) / perEpoch, loss: sum / (i + 1) });
    await breathe();
  }
  return { loss: sum / perEpoch, learningRate };
}

const diverged = (epoch: number, loss: number) =>
  new SluiceError(
    "training.diverged",
    `The loss became ${loss} in epoch ${epoch}`,
    "Train with a smaller learning rate.",
  );
