import { Evaluation, type Training } from "@sluice/core";

/** An evaluation in which every picture scores the same. */
export function fakeReport(datasetVersion: string, ids: string[], dice: number): Evaluation.Report {
  const images = ids.map((id) => ({ id, dice, iou: dice / (2 - dice), slices: [] }));
  return {
    datasetVersion,
    split: "test",
    bundleDigest: "b".repeat(64),
    images,
    ...Evaluation.summarise(images),
    latencyMs: { p50: 5, p95: 9 },
  };
}

export const fakeResult = (
  runId: string,
  datasetVersion: string,
  recipe: Training.Recipe,
): Training.Result => ({
  runId,
  datasetVersion,
  backend: "native",
  recipe,
  bundleDigest: "b".repeat(64),
  epochs: [{ epoch: 1, loss: 0.1, validationDice: 0.9, learningRate: 0.001, seconds: 1 }],
  bestEpoch: 1,
  weightsDigest: "c".repeat(64),
  championError: null,
  servability: { photos: 3, agreement: 1, latencyMsP95: 9, error: null },
  seconds: { loading: 1, training: 1, evaluating: 1 },
});
