import { type Blobs, Bundle, type Dataset, type Evaluation, SluiceError, Training } from "@sluice/core";
import { loadPredictorFromBlobs, type Predictor } from "@sluice/serving/predictor/index";
import type { Tf } from "../backend";
import type { Weights } from "../network/weights";
import { writeOverlays } from "./overlays";
import type { Course } from "./page";
import { publish } from "./publish";
import { evaluatePredictor } from "./report";
import { measureServability } from "./servability";
import { sliceFinder } from "./slices";
import { testSplit } from "./test-split";

export interface EvaluationInput {
  job: Training.Job;
  /** Of the bundle that the run has just written. */
  bundleDigest: string;
  /** The trainer's own weights, to compare the served masks with. */
  weights: Weights[];
  /** The dataset version's pairs; those of the test split are taken. */
  pairs: readonly Dataset.Pair[];
  tf: Tf;
  /** How the model was trained, for the page and the card; without it they leave that out. */
  course?: Course;
  /** Is told the part that is done, 0..1. */
  report?(fraction: number): void;
}

/**
 * Evaluates a run's challenger and the champion as they would be served, on the same test photos, and writes both
 * reports, the pictures, the page and the card. An unreadable champion is a message, never a zero: the gate then fails
 * closed.
 *
 * Throws `model.corrupt`, `dataset.corrupt` when the challenger or the dataset cannot be read.
 */
export async function evaluateJob(
  { job, bundleDigest, weights, pairs, tf, course, report = () => {} }: EvaluationInput,
  world: { blobs: Blobs },
): Promise<{ championError: string | null; servability: Training.Servability }> {
  const keys = Training.keys(job.runId);
  const test = testSplit(pairs);
  const images = test.length * (job.champion === null ? 1 : 2);
  let done = 0;
  const onImage = () => report(++done / (images + 1));
  const input = { pairs: test, datasetVersion: job.datasetVersion, findSlices: sliceFinder() };
  const evaluate = (predictor: Predictor) => evaluatePredictor({ predictor, ...input }, world, onImage);

  const challenger = await withPredictor(keys.bundle, world, async (predictor) => {
    if (predictor.digest !== bundleDigest) throw anotherBundle(keys.bundle);
    const evaluation = await evaluate(predictor);
    const shown = { predictor, report: evaluation, pairs: test, prefix: keys.overlays };
    const overlays = await writeOverlays(shown, world);
    await putJson(keys.evaluation, evaluation, world);
    return { report: evaluation, overlays, trainedAt: predictor.bundle.trainedAt };
  });
  const champion = await evaluateChampion(job, evaluate, world);
  const servability = await measureServability(
    { prefix: keys.bundle, recipe: job.recipe, weights, pairs: test, tf },
    world,
  );
  await publish({ job, pairs, ...challenger, champion: champion.report, servability, course }, world);
  report(1);
  return { championError: champion.error, servability };
}

const anotherBundle = (prefix: string) =>
  new SluiceError("model.corrupt", `The bundle under ${prefix} is not the one that this training wrote`);

interface ChampionAnswer {
  report: Evaluation.Report | null;
  error: string | null;
}

/** Writes the champion's report, or says why there is none. */
async function evaluateChampion(
  { runId, champion }: Training.Job,
  evaluate: (predictor: Predictor) => Promise<Evaluation.Report>,
  world: { blobs: Blobs },
): Promise<ChampionAnswer> {
  const key = Training.keys(runId).championEvaluation;
  await world.blobs.remove(key); // of an attempt that was lost
  if (champion === null) return { report: null, error: null };
  try {
    const evaluation = await withPredictor(Bundle.modelPrefix(champion), world, evaluate);
    await putJson(key, evaluation, world);
    return { report: evaluation, error: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { report: null, error: `Champion ${champion} could not be evaluated: ${reason}` };
  }
}

async function withPredictor<T>(
  prefix: string,
  world: { blobs: Blobs },
  use: (predictor: Predictor) => Promise<T>,
): Promise<T> {
  const predictor = await loadPredictorFromBlobs(prefix, world);
  try {
    return await use(predictor);
  } finally {
    await predictor.close();
  }
}

const putJson = (key: string, value: unknown, { blobs }: { blobs: Blobs }) =>
  blobs.put(key, `${JSON.stringify(value, null, 2)}\n`);
