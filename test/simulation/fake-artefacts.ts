import { Bundle, Evaluation, sha256, type Training } from "@sluice/core";
import { imageScoring } from "@sluice/core/evaluation/testing";

/** A bundle whose network is only its score. */
export function fakeBundle(
  job: Training.Job,
  dice: number,
): { files: Record<string, string>; digest: string } {
  const onnx = JSON.stringify({ dice });
  const bundle: Bundle.Bundle = {
    format: 3,
    task: "segmentation",
    preprocessing: { upright: true, fit: "fill" },
    threshold: job.recipe.threshold,
    stages: [
      {
        role: "segmenter",
        file: "model.onnx",
        sha256: sha256(onnx),
        bytes: onnx.length,
        width: job.recipe.size,
        height: job.recipe.size,
      },
    ],
    weights: [],
    datasetVersion: job.datasetVersion,
    runId: job.runId,
    codeCommit: job.codeCommit,
    recipe: job.recipe,
    trainedAt: "2026-01-01T00:00:00.000Z",
  };
  const json = JSON.stringify(bundle);
  return { files: { "model.onnx": onnx, [Bundle.MODEL_JSON]: json }, digest: sha256(json) };
}

/** An evaluation in which every picture scores the same. */
export function fakeReport(
  datasetVersion: string,
  bundleDigest: string,
  ids: string[],
  dice: number,
): Evaluation.Report {
  const images = ids.map((id) => imageScoring(id, dice));
  return {
    datasetVersion,
    split: "test",
    bundleDigest,
    images,
    ...Evaluation.summarise(images),
    latencyMs: { p50: 5, p95: 9 },
  };
}

export const fakeResult = (
  { runId, datasetVersion, recipe }: Training.Job,
  bundleDigest: string,
): Training.Result => ({
  runId,
  datasetVersion,
  backend: "native",
  recipe,
  bundleDigest,
  startedFrom: null,
  networks: [
    {
      role: "segmenter",
      epochs: [{ epoch: 1, loss: 0.1, validationDice: 0.9, learningRate: 0.001, seconds: 1 }],
      bestEpoch: 1,
      weightsDigest: "c".repeat(64),
    },
  ],
  championError: null,
  servability: { photos: 3, agreement: 1, latencyMsP95: 9, error: null },
  decoded: 0,
  seconds: { loading: 1, training: 1, evaluating: 1 },
});
