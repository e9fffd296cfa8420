import { type Blobs, type Dataset, Evaluation } from "@sluice/core";
import type { Predictor } from "@sluice/serving/predictor/index";
import { sliceFinder } from "./slices";
import { readPhoto, readTruth } from "./test-split";

/**
 * One model on the test split, per image, at the upright photos' own resolution.
 *
 * @param pairs the test split in id order; an empty one gives a report of zeros, which the gate refuses
 * @param findSlices one for all models of an evaluation: a photo's slices are found once
 * @param onImage is called after each image
 */
export async function evaluatePredictor(
  {
    predictor,
    pairs,
    datasetVersion,
    findSlices = sliceFinder(),
  }: {
    predictor: Pick<Predictor, "digest" | "predict" | "warmUp">;
    pairs: Dataset.Pair[];
    datasetVersion: string;
    findSlices?: ReturnType<typeof sliceFinder>;
  },
  world: { blobs: Blobs },
  onImage: () => void = () => {},
): Promise<Evaluation.Report> {
  const images: Evaluation.PerImage[] = [];
  const latencies: number[] = [];
  await predictor.warmUp();
  for (const pair of pairs) {
    const photo = await readPhoto(pair, world);
    const { mask, confidence, timings } = await predictor.predict(photo, pair.id);
    const truth = await readTruth(pair, world);
    const slices = await findSlices(pair, photo, truth);
    images.push({ id: pair.id, ...Evaluation.score(mask, truth, pair), confidence, slices });
    latencies.push(timings.decodeMs + timings.inferenceMs + timings.maskMs);
    onImage();
  }
  return Evaluation.Report.parse({
    datasetVersion,
    split: "test",
    bundleDigest: predictor.digest,
    images,
    ...Evaluation.summarise(images),
    latencyMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) },
  });
}

/** The nearest-rank percentile; 0 of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
