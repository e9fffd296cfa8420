import { type Blobs, Bundle, sha256, Training } from "@sluice/core";
import { packWeights, type Weights } from "../network/weights";
import { encodeModel } from "./schema";
import { unetGraph } from "./unet";

export { decodeMetadata } from "./schema";

const MODEL_ONNX = "model.onnx";
const WEIGHTS = "weights.bin";

/** The `.onnx` file: the graph with the weights in it, and what one must know to ask it. */
function onnxModel(weights: Weights, job: Training.Job): Uint8Array {
  const { recipe } = job;
  return encodeModel(unetGraph(weights, recipe), {
    "sluice.input_size": String(recipe.size),
    "sluice.preprocessing": "upright by EXIF; stretched to the input size; RGB; 0..1",
    "sluice.threshold": String(recipe.threshold),
    "sluice.dataset_version": job.datasetVersion,
    "sluice.code_commit": job.codeCommit,
    "sluice.run_id": job.runId,
  });
}

/**
 * Writes a run's bundle: the ONNX file, and `model.json` last, so that where it is everything is.
 *
 * @returns the bundle and its digest, the SHA-256 of `model.json`
 */
export async function exportBundle(
  { weights, job, trainedAt }: { weights: Weights; job: Training.Job; trainedAt: string },
  { blobs }: { blobs: Blobs },
): Promise<{ bundle: Bundle.Bundle; digest: string }> {
  const prefix = Training.keys(job.runId).bundle;
  const onnx = onnxModel(weights, job);
  const packed = packWeights(weights);
  const bundle = Bundle.Bundle.parse({
    format: 1,
    task: "segmentation",
    inputSize: job.recipe.size,
    preprocessing: { upright: true, fit: "fill", scale: "0..1" },
    threshold: job.recipe.threshold,
    stages: [{ role: "segmenter", file: MODEL_ONNX, sha256: sha256(onnx), bytes: onnx.length }],
    weights: { file: WEIGHTS, sha256: sha256(packed), bytes: packed.length },
    datasetVersion: job.datasetVersion,
    runId: job.runId,
    codeCommit: job.codeCommit,
    recipe: job.recipe,
    trainedAt,
  });
  const json = `${JSON.stringify(bundle, null, 2)}\n`;
  await blobs.put(prefix + MODEL_ONNX, onnx);
  await blobs.put(prefix + WEIGHTS, packed);
  await blobs.put(prefix + Bundle.MODEL_JSON, json);
  return { bundle, digest: sha256(json) };
}
