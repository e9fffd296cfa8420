import type { Training } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import { emptyBatch, type InputShape } from "../data/batch";
import type { Examples, Splits } from "../data/examples";
import { initialWeights, type Weights } from "../network/weights";
import { learningRates } from "../optimizer/schedule";
import type { Replica } from "../replicas";
import { breathe } from "./breathe";
import { batchesOf, type Course, isBetter, isOver, stepsPerEpoch, type Trained, trained } from "./course";
import { isNextEarly } from "./early-epochs";
import { firstSnapshot, type Learner, makeLearner } from "./learner";
import type { NetworkPlan } from "./network-plan";
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
 * Throws `training.diverged`, `training.collapsed`; the signal's reason when it is aborted.
 */
export async function train(
  replicas: readonly Replica[],
  plan: NetworkPlan,
  splits: Splits,
  watcher: Watcher = {},
  from: Weights = initialWeights(plan, plan.seed),
): Promise<Trained> {
  let course = (await watcher.load?.()) ?? (await begin(replicas, plan, splits, from));
  await watcher.save?.(course);
  const learner = makeLearner(replicas, plan, course.now);
  while (!isOver(course, plan.patience)) {
    course = await runEpoch(learner, plan, splits, course, watcher);
    await watcher.save?.(course);
    watcher.onEpoch?.(course.records[course.records.length - 1], course);
  }
  const { best, records } = course;
  if (best && best.dice >= FOUND_SOMETHING) return trained(plan, best, records);
  throw new SluiceError(
    "training.collapsed",
    `After ${records.length} epochs the model still finds no window: its best validation Dice is ${best?.dice.toFixed(4)}`,
    "Look at the masks in the dataset, or train longer or with a smaller learning rate.",
  );
}

async function begin(
  replicas: readonly Replica[],
  plan: NetworkPlan,
  splits: Splits,
  from: Weights,
): Promise<Course> {
  const now = firstSnapshot(plan, from);
  return { planned: await planEpochs(replicas, plan, splits, now), records: [], now, best: null };
}

async function runEpoch(
  learner: Learner,
  plan: NetworkPlan,
  splits: Splits,
  course: Course,
  watcher: Watcher,
): Promise<Course> {
  const startedAt = performance.now();
  const epoch = course.records.length + 1;
  const isEarly = isNextEarly(plan, course.planned, course.records);
  const shown = isEarly ? smaller(plan, splits) : { examples: splits.train, shape: plan };
  const { loss, learningRate } = await learnEpoch(learner, plan, shown, course, watcher);
  const dice = await validationDice(learner, splits.validation, plan);
  const now = learner.snapshot();
  const best = isBetter(dice, course.best)
    ? { epoch, dice, parameters: now.parameters, statistics: now.statistics }
    : course.best;
  const seconds = (performance.now() - startedAt) / 1000;
  const record = { epoch, loss, validationDice: dice, learningRate, seconds, early: isEarly };
  const records = [...course.records, record];
  return { planned: replanEpochs(plan, course.planned, records), records, now, best };
}

interface Shown {
  examples: Examples;
  shape: InputShape;
}

function smaller(plan: NetworkPlan, { early }: Splits): Shown {
  if (!early || !plan.early)
    throw new RangeError("the plan has early epochs, and the splits nothing for them");
  return { examples: early, shape: { ...plan, ...plan.early } };
}

/** @returns the mean loss, and the last step's learning rate */
async function learnEpoch(
  learner: Learner,
  plan: NetworkPlan,
  { examples, shape }: Shown,
  { planned, records }: Course,
  { onStep, signal }: Watcher,
): Promise<{ loss: number; learningRate: number }> {
  const { batchSize, seed } = plan;
  const epoch = records.length + 1;
  const perEpoch = stepsPerEpoch(examples.count, batchSize);
  const batches = batchesOf(examples.count, batchSize, seed, epoch);
  const filled = [emptyBatch(batches[0].length, shape), emptyBatch(batches[0].length, shape)];
  const fill = async (i: number) => {
    if (i < batches.length) examples.fill(filled[i % 2], batches[i], { seed, epoch });
  };
  const rateOf = learningRates(plan, { planned, perEpoch, records });
  let sum = 0;
  let learningRate = 0;
  await fill(0);
  for (let i = 0; i < batches.length; i++) {
    signal?.throwIfAborted();
    learningRate = rateOf(i);
    // This process has done its part of the batch when `learn` returns, and would wait for the others.
    const [loss] = await Promise.all([learner.learn(filled[i % 2], learningRate), fill(i + 1)]);
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
