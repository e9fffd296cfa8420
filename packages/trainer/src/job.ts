import { type Blobs, type Clock, Dataset, readJson, SluiceError, sha256, Training } from "@sluice/core";
import { type Backend, loadBackend } from "./backend";
import type { Splits } from "./data/examples";
import { loadSplits } from "./data/load-splits";
import { weightsDigest } from "./network/weights";
import { checkpoints } from "./training/checkpoint";
import type { Trained } from "./training/course";
import { type ProgressWriter, progressWriter } from "./training/progress";
import { type Start, startOf } from "./training/start";
import { timeLeft } from "./training/time-left";
import { train, type Watcher } from "./training/train";

export interface TrainerWorld {
  blobs: Blobs;
  clock: Clock;
}
export interface TrainOptions {
  /** Aborted: stops after the step at hand; the last epoch's checkpoint stays. */
  signal?: AbortSignal;
  /** Takes one plain line per epoch and phase. */
  log?(line: string): void;
}

const HEARTBEAT_MS = 5_000;

/** The job as it was written for a run. Throws `usage.not_found`, `document.invalid`. */
export async function readJob(runId: string, { blobs }: TrainerWorld): Promise<Training.Job> {
  const key = Training.keys(runId).job;
  if (!(await blobs.has(key))) {
    throw new SluiceError(
      "usage.not_found",
      `Run ${runId} has no job: ${key} is missing`,
      "See: sluice runs.",
    );
  }
  return readJson(key, Training.Job, { blobs }, "Push the batch again: a new run gets a new job.");
}

/**
 * A whole training: loads the dataset, trains (going on from a checkpoint if there is one), exports, evaluates, and
 * writes the result last. Asked again after the end, it answers the same result.
 *
 * Throws `dataset.too_small`, `training.diverged` and what its parts throw; the signal's reason when aborted.
 */
export async function trainJob(
  job: Training.Job,
  world: TrainerWorld,
  { signal, log = () => {} }: TrainOptions = {},
): Promise<Training.Result> {
  const keys = Training.keys(job.runId);
  const earlier = await earlierResult(keys.result, world);
  if (earlier) return earlier;
  await world.blobs.remove(keys.failure);

  const progress = progressWriter(keys.progress, world, log);
  const heartbeat = setInterval(() => progress.report({}), HEARTBEAT_MS);
  try {
    const startedAt = performance.now();
    const backend = await loadBackend(job.recipe.backend);
    progress.report({ phase: "loading", backend: backend.name });
    log(
      `backend ${backend.name}${backend.fallbackReason ? ` (native is not there: ${backend.fallbackReason})` : ""}`,
    );
    const pairs = await Dataset.pairs(job.datasetVersion, world);
    const splits = await loadSplits(pairs, job.recipe.size, world, (fraction) => {
      signal?.throwIfAborted();
      progress.report({ fraction });
    });
    log(`${splits.train.count} training and ${splits.validation.count} validation pairs`);

    const loadedAt = performance.now();
    const start = await startOf(job, world);
    log(`begins ${start.why}`);
    const model = await learn(job, backend, splits, start, world, { signal, log }, progress);
    const trainedAt = performance.now();
    const outcome = await finish(job, backend, model, pairs, world, signal, progress);
    const evaluatedAt = performance.now();

    const result = Training.Result.parse({
      runId: job.runId,
      datasetVersion: job.datasetVersion,
      backend: backend.name,
      recipe: job.recipe,
      ...outcome,
      startedFrom: start.weights ? job.champion : null,
      epochs: model.records,
      bestEpoch: model.bestEpoch,
      weightsDigest: weightsDigest(model.weights),
      seconds: {
        loading: (loadedAt - startedAt) / 1000,
        training: (trainedAt - loadedAt) / 1000,
        evaluating: (evaluatedAt - trainedAt) / 1000,
      },
    });
    progress.report({ phase: "done", fraction: 1, secondsLeft: 0 });
    await progress.flush();
    await world.blobs.put(keys.result, `${JSON.stringify(result, null, 2)}\n`);
    return result;
  } finally {
    clearInterval(heartbeat);
    await progress.flush();
  }
}

async function earlierResult(key: string, world: TrainerWorld): Promise<Training.Result | null> {
  return (await world.blobs.has(key)) ? readJson(key, Training.Result, world) : null;
}

/** The epochs, watched. */
async function learn(
  job: Training.Job,
  { tf }: Backend,
  splits: Splits,
  start: Start,
  world: TrainerWorld,
  { signal, log = () => {} }: TrainOptions,
  progress: ProgressWriter,
): Promise<Trained> {
  progress.report({ phase: "training", fraction: 0 });
  const store = checkpoints(Training.keys(job.runId).checkpoint, jobDigest(job), world);
  let secondsLeft = timeLeft(0);
  const recipe = { ...job.recipe, learningRate: start.learningRate };
  const watcher: Watcher = {
    signal,
    load: async () => {
      const course = await store.load();
      if (course) log(`goes on after epoch ${course.records.length} of ${course.planned}`);
      secondsLeft = timeLeft(course?.records.length ?? 0);
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
        `epoch ${epoch}/${planned}  loss ${loss.toFixed(4)}  validation Dice ${validationDice.toFixed(4)}  ${seconds.toFixed(1)} s`,
      );
    },
  };
  return train(tf, recipe, splits, watcher, start.weights ?? undefined);
}

/** Export, curves and evaluation. Their libraries are loaded when the training is over. */
async function finish(
  job: Training.Job,
  { tf }: Backend,
  { weights, records, bestEpoch, bestDice }: Trained,
  pairs: Dataset.Pair[],
  world: TrainerWorld,
  signal: AbortSignal | undefined,
  progress: ProgressWriter,
) {
  const [{ exportBundle }, { evaluateJob }, { writeCurves }] = await Promise.all([
    import("./onnx"),
    import("./evaluation"),
    import("./pictures"),
  ]);
  progress.report({ phase: "exporting", fraction: 0, secondsLeft: null, validationDice: bestDice });
  await writeCurves(records, Training.keys(job.runId).curves, world);
  const trainedAt = new Date(world.clock.now()).toISOString();
  const { digest } = await exportBundle({ weights, job, trainedAt }, world);
  progress.report({ phase: "evaluating", epoch: bestEpoch, fraction: 0 });
  const report = (fraction: number) => {
    signal?.throwIfAborted();
    progress.report({ fraction });
  };
  const { championError, servability } = await evaluateJob(
    { job, bundleDigest: digest, weights, pairs, tf, report },
    world,
  );
  return { bundleDigest: digest, championError, servability };
}

const jobDigest = (job: Training.Job) => sha256(JSON.stringify([job.datasetVersion, job.recipe]));
