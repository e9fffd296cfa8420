import { Dataset, readJson, SluiceError, Training } from "@sluice/core";
import { type Backend, loadBackend } from "./backend";
import { openExampleStore } from "./data/example-store";
import { loadSplits } from "./data/load-splits";
import { type Learned, learnNetworks } from "./learn-networks";
import { weightsDigest } from "./network/weights";
import { openReplicas, type Replica, threadsEach } from "./replicas";
import { type ProgressWriter, progressWriter } from "./training/progress";
import { startOf } from "./training/start";
import type { TrainerWorld, TrainOptions } from "./world";

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
 * Throws `dataset.too_small`, `training.diverged`, `training.collapsed` and what its parts throw; the signal's reason
 * when aborted.
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
  const store = await openExampleStore(world.cacheFolder ?? null);
  let replicas: Replica[] = [];
  try {
    const startedAt = performance.now();
    const backend = await loadBackend(job.recipe.backend, threadsEach(job.recipe.replicas));
    progress.report({ phase: "loading", backend: backend.name });
    log(
      `backend ${backend.name}${backend.fallbackReason ? ` (native is not there: ${backend.fallbackReason})` : ""}`,
    );
    const pairs = await Dataset.pairs(job.datasetVersion, world);
    const splits = await loadSplits(pairs, job.recipe, { ...world, store }, (fraction) => {
      signal?.throwIfAborted();
      progress.report({ fraction });
    });
    const { train, validation } = splits.locator;
    log(
      `${train.count} training and ${validation.count} validation pairs, ${splits.decoded} of them decoded anew`,
    );

    const loadedAt = performance.now();
    const start = await startOf(job, pairs, world);
    log(`begins ${start.why}`);
    replicas = await openReplicas(backend, job.recipe.replicas);
    const learned = await learnNetworks({ job, replicas, splits, start }, world, { signal, log }, progress);
    const trainedAt = performance.now();
    const outcome = await finish(job, backend, learned, pairs, world, signal, progress);
    const evaluatedAt = performance.now();

    const result = Training.Result.parse({
      runId: job.runId,
      datasetVersion: job.datasetVersion,
      backend: backend.name,
      recipe: job.recipe,
      ...outcome,
      startedFrom: start.weights ? job.champion : null,
      networks: learned.map(({ role, trained: { records, bestEpoch, weights } }) => ({
        role,
        epochs: records,
        bestEpoch,
        weightsDigest: weightsDigest(weights),
      })),
      decoded: splits.decoded,
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
    for (const replica of replicas) replica.close();
    await progress.flush();
    await store.close();
  }
}

async function earlierResult(key: string, world: TrainerWorld): Promise<Training.Result | null> {
  return (await world.blobs.has(key)) ? readJson(key, Training.Result, world) : null;
}

/** Export, curves and evaluation. Their libraries are loaded when the training is over. */
async function finish(
  job: Training.Job,
  { tf, name }: Backend,
  learned: Learned[],
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
  const { bestEpoch, bestDice } = learned[learned.length - 1].trained;
  progress.report({
    phase: "exporting",
    network: null,
    fraction: 0,
    secondsLeft: null,
    validationDice: bestDice,
  });
  const records = learned
    .flatMap(({ trained }) => trained.records)
    .map((record, i) => ({ ...record, epoch: i + 1 }));
  await writeCurves(records, Training.keys(job.runId).curves, world);
  const weights = learned.map(({ trained }) => trained.weights);
  const networks = learned.map(({ role, trained: { records: epochs, bestEpoch } }) => ({
    role,
    epochs,
    bestEpoch,
  }));
  const trainedAt = new Date(world.clock.now()).toISOString();
  const { digest } = await exportBundle({ weights, job, trainedAt }, world);
  progress.report({ phase: "evaluating", epoch: bestEpoch, fraction: 0 });
  const report = (fraction: number) => {
    signal?.throwIfAborted();
    progress.report({ fraction });
  };
  const { championError, servability } = await evaluateJob(
    { job, bundleDigest: digest, weights, pairs, tf, course: { backend: name, networks }, report },
    world,
  );
  return { bundleDigest: digest, championError, servability };
}
