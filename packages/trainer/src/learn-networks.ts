import { sha256, Training } from "@sluice/core";
import type { Splits } from "./data/examples";
import type { NetworkSplits } from "./data/load-splits";
import type { Weights } from "./network/weights";
import type { Replica } from "./replicas";
import { checkpoints } from "./training/checkpoint";
import type { Trained } from "./training/course";
import { locatorPlan, type NetworkPlan, refinerPlan } from "./training/network-plan";
import type { ProgressWriter } from "./training/progress";
import type { Start } from "./training/start";
import { timeLeft } from "./training/time-left";
import { train, type Watcher } from "./training/train";
import type { TrainerWorld, TrainOptions } from "./world";

export interface Learned {
  role: Training.Role;
  trained: Trained;
}

interface Lessons {
  job: Training.Job;
  replicas: readonly Replica[];
  splits: NetworkSplits;
  start: Start;
}

/**
 * Trains the recipe's networks, one after the other, in the order in which they answer. Each has its own checkpoint,
 * so a training that was killed in the second does not repeat the first.
 */
export async function learnNetworks(
  lessons: Lessons,
  world: TrainerWorld,
  options: TrainOptions,
  progress: ProgressWriter,
): Promise<Learned[]> {
  const { recipe, weights } = lessons.start;
  const learn = (role: Training.Role, plan: NetworkPlan, splits: Splits, from?: Weights) =>
    learnNetwork({ ...lessons, role, plan, splits, from }, world, options, progress);
  const refiner = refinerPlan(recipe);
  const first = await learn(
    refiner ? "locator" : "segmenter",
    locatorPlan(recipe),
    lessons.splits.locator,
    weights?.[0],
  );
  if (!refiner || !lessons.splits.refiner) return [first];
  return [first, await learn("refiner", refiner, lessons.splits.refiner, weights?.[1])];
}

/** The epochs of one network, watched. */
async function learnNetwork(
  {
    job,
    replicas,
    role,
    plan,
    splits,
    from,
  }: Pick<Lessons, "job" | "replicas"> & {
    role: Training.Role;
    plan: NetworkPlan;
    splits: Splits;
    from?: Weights;
  },
  world: TrainerWorld,
  { signal, log = () => {} }: TrainOptions,
  progress: ProgressWriter,
): Promise<Learned> {
  progress.report({
    phase: "training",
    network: role,
    epoch: 0,
    fraction: 0,
    loss: null,
    validationDice: null,
  });
  const digest = sha256(JSON.stringify([job.datasetVersion, job.recipe, plan]));
  const store = checkpoints(`${Training.keys(job.runId).checkpoint}${role}/`, digest, world);
  let secondsLeft = timeLeft(plan, 0);
  const watcher: Watcher = {
    signal,
    load: async () => {
      const course = await store.load();
      if (course) log(`${role} goes on after epoch ${course.records.length} of ${course.planned}`);
      secondsLeft = timeLeft(plan, course?.records.length ?? 0);
      return course;
    },
    save: (course) => store.save(course),
    onStep: ({ epoch, planned, fraction, loss }) =>
      progress.report({
        epoch,
        epochs: planned,
        fraction,
        loss,
        secondsLeft: secondsLeft({ epoch, planned, fraction }),
      }),
    onEpoch: ({ epoch, loss, validationDice, seconds }, { planned }) => {
      progress.report({ validationDice });
      log(
        `${role} epoch ${epoch}/${planned}  loss ${loss.toFixed(4)}  validation Dice ${validationDice.toFixed(4)}  ${seconds.toFixed(1)} s`,
      );
    },
  };
  return { role, trained: await train(replicas, plan, splits, watcher, from) };
}
