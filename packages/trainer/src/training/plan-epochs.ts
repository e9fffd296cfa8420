import type { Training } from "@sluice/core";
import { emptyBatch } from "../data/batch";
import type { Splits } from "../data/examples";
import type { Replica } from "../replicas";
import { breathe } from "./breathe";
import { batchesOf, stepsPerEpoch } from "./course";
import { affordableEpochs, costOfRecorded } from "./early-epochs";
import { makeLearner, type Snapshot } from "./learner";
import type { NetworkPlan } from "./network-plan";

const WARM_UP_STEPS = 2; // the first steps pay for allocation and kernel set-up
const TIMED_STEPS = 8;
/** Kept back for checkpoints and a slower moment. */
const MARGIN = 0.93;
/** Epochs whose mean time stands for the next one's. */
const RECENT = 3;

/**
 * How many epochs fit into what is left of the recipe's budget, by the time that the last ones took: a machine that
 * turns slower or faster changes the plan while there is time. Without a budget the plan stays.
 *
 * @param planned so far
 */
export function replanEpochs(
  plan: NetworkPlan,
  planned: number,
  records: readonly Training.EpochRecord[],
): number {
  const { budgetSeconds } = plan;
  if (budgetSeconds === null) return planned;
  const took = (some: typeof records) => some.reduce((sum, { seconds }) => sum + seconds, 0);
  const recent = records.slice(-RECENT);
  const perEpoch = took(recent) / costOfRecorded(plan, recent);
  return affordableEpochs(plan, records, (budgetSeconds * MARGIN - took(records)) / perEpoch);
}

/**
 * How many epochs fit into the recipe's budget: a few real steps and one validation batch are timed on a learner
 * that is thrown away, so the training itself depends on the number alone.
 *
 * @param now milliseconds; what the timing takes comes out of the budget
 */
export async function planEpochs(
  replicas: readonly Replica[],
  plan: NetworkPlan,
  { train, validation }: Splits,
  from: Snapshot,
  now: () => number = () => performance.now(),
): Promise<number> {
  if (plan.budgetSeconds === null) return plan.epochs;
  const startedAt = now();
  const learner = makeLearner(replicas, plan, from);
  const batches = batchesOf(train.count, plan.batchSize, plan.seed, 1);
  const batch = emptyBatch(batches[0].length, plan);
  const learn = async (i: number) => {
    train.fill(batch, batches[i % batches.length], { seed: plan.seed, epoch: 1 });
    await learner.learn(batch, 0);
    await breathe();
  };

  for (let i = 0; i < WARM_UP_STEPS; i++) await learn(i);
  const stepsFrom = now();
  for (let i = 0; i < TIMED_STEPS; i++) await learn(i);
  const stepMs = (now() - stepsFrom) / TIMED_STEPS;
  await learner.predict(batch);
  const validationFrom = now();
  await learner.predict(batch);
  const validationMs = now() - validationFrom;

  const steps = stepsPerEpoch(train.count, plan.batchSize);
  const epochMs = steps * stepMs + Math.ceil(validation.count / plan.batchSize) * validationMs;
  const leftMs = plan.budgetSeconds * 1000 * MARGIN - (now() - startedAt);
  return Math.max(1, affordableEpochs(plan, [], leftMs / epochMs));
}
