import { type Blobs, type Dataset, Evaluation } from "@sluice/core";
import type { Predictor } from "@sluice/serving/predictor/index";
import { slicesOf } from "./slices";
import { readPhoto, readTruth } from "./test-split";

/**
 * One model on the test split, per image, at the upright photos' own resolution.
 *
 * @param pairs the test split in id order; an empty one gives a report of zeros, which the gate refuses
 * @param onImage is called after each image
 */
export async function evaluatePredictor(
  {
    predictor,
    pairs,
    datasetVersion,
  }: { predictor: Predictor; pairs: Dataset.Pair[]; datasetVersion: string },
  world: { blobs: Blobs },
  onImage: () => void = () => {},
): Promise<Evaluation.Report> {
  const images: Evaluation.PerImage[] = [];
  const latencies: number[] = [];
  await predictor.warmUp();
  for (const pair of pairs) {
    const { mask, timings } = await predictor.predict(await readPhoto(pair, world), pair.id);
    const counts = Evaluation.confusion(mask, await readTruth(pair, world));
    const scores = { dice: Evaluation.dice(counts), iou: Evaluation.iou(counts) };
    images.push({ id: pair.id, ...scores, slices: slicesOf(pair) });
    latencies.push(timings.decodeMs + timings.inferenceMs + timings.maskMs);
    onImage();
  }
  const means = images.length > 0 ? Evaluation.summarise(images) : { dice: 0, iou: 0, slices: {} };
  return Evaluation.Report.parse({
    datasetVersion,
    split: "test",
    bundleDigest: predictor.digest,
    images,
    ...means,
    latencyMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) },
  });
}

/** The nearest-rank percentile; 0 of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
