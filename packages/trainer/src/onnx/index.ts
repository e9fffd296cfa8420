import { type Blobs, Bundle, sha256, Training } from "@sluice/core";
import { packWeights, type Weights } from "../network/weights";
import { locatorPlan, type NetworkPlan, refinerPlan } from "../training/network-plan";
import { encodeModel } from "./schema";
import { unetGraph } from "./unet";

export { decodeMetadata } from "./schema";

/** A network's files, as they are stored, and what the bundle says of them. */
interface Exported {
  onnx: Uint8Array;
  packed: Buffer;
  stage: { file: string; sha256: string; bytes: number; width: number; height: number };
  weights: { file: string; sha256: string; bytes: number };
}

function exportNetwork(name: string, plan: NetworkPlan, weights: Weights, job: Training.Job): Exported {
  const onnx = encodeModel(unetGraph(weights, plan), {
    "sluice.input": `${plan.height} rows of ${plan.width} px`,
    "sluice.preprocessing": "upright by EXIF; stretched to the input; RGB",
    "sluice.threshold": String(plan.threshold),
    "sluice.dataset_version": job.datasetVersion,
    "sluice.code_commit": job.codeCommit,
    "sluice.run_id": job.runId,
  });
  const packed = packWeights(weights);
  const { width, height } = plan;
  return {
    onnx,
    packed,
    stage: { file: `${name}.onnx`, sha256: sha256(onnx), bytes: onnx.length, width, height },
    weights: { file: `${name}.weights.bin`, sha256: sha256(packed), bytes: packed.length },
  };
}

/**
 * Writes a run's bundle: the ONNX files, and `model.json` last, so that where it is everything is.
 *
 * @param weights of the recipe's networks, in the order in which they answer
 * @returns the bundle and its digest, the SHA-256 of `model.json`
 */
export async function exportBundle(
  { weights, job, trainedAt }: { weights: Weights[]; job: Training.Job; trainedAt: string },
  { blobs }: { blobs: Blobs },
): Promise<{ bundle: Bundle.Bundle; digest: string }> {
  const { recipe } = job;
  const second = refinerPlan(recipe);
  const first = exportNetwork(second ? "locator" : "model", locatorPlan(recipe), weights[0], job);
  const refiner = second && exportNetwork("refiner", second, weights[1], job);
  const networks = refiner ? [first, refiner] : [first];
  const closeUp = recipe.refiner && { along: recipe.refiner.along, across: recipe.refiner.across };
  const bundle = Bundle.Bundle.parse({
    format: 3,
    task: "segmentation",
    preprocessing: { upright: true, fit: "fill" },
    threshold: recipe.threshold,
    stages: refiner
      ? [
          { role: "locator", ...first.stage },
          { role: "refiner", ...refiner.stage, closeUp },
        ]
      : [{ role: "segmenter", ...first.stage }],
    weights: networks.map(({ weights }) => weights),
    datasetVersion: job.datasetVersion,
    runId: job.runId,
    codeCommit: job.codeCommit,
    recipe,
    trainedAt,
  });
  const prefix = Training.keys(job.runId).bundle;
  for (const { stage, onnx, weights, packed } of networks) {
    await blobs.put(prefix + stage.file, onnx);
    await blobs.put(prefix + weights.file, packed);
  }
  const json = `${JSON.stringify(bundle, null, 2)}\n`;
  await blobs.put(prefix + Bundle.MODEL_JSON, json);
  return { bundle, digest: sha256(json) };
}
