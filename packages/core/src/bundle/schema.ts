import * as z from "zod";
import { DatasetVersion, RunId, Sha256 } from "../ids";
import { Recipe } from "../training/recipe";

/** Files lie beside `model.json`; a bundle cannot point elsewhere. */
const FileName = z.string().regex(/^\w[\w.-]*$/, "not a plain file name");

/**
 * `model.json`: what a model is and how it is asked. One or more ONNX files work in turn (a locator, later a
 * refiner); today there is one, named "segmenter".
 *
 * ONNX interface: input `photo` float32 [n, 3, size, size], RGB in 0..1, NCHW; output `logits`
 * float32 [n, 1, size, size].
 */
export const Bundle = z.object({
  format: z.literal(1),
  task: z.literal("segmentation"),
  inputSize: z.number().int().positive(),
  preprocessing: z.object({ upright: z.literal(true), fit: z.literal("fill"), scale: z.literal("0..1") }),
  /** Probability from which a pixel belongs to the window. */
  threshold: z.number().min(0).max(1),
  stages: z
    .array(
      z.object({ role: z.literal("segmenter"), file: FileName, sha256: Sha256, bytes: z.number().int() }),
    )
    .min(1),
  /** What a later training may begin with: the network's float32 weights, in the trainer's order. */
  weights: z.object({ file: z.string(), sha256: Sha256, bytes: z.number().int() }).nullable().default(null),
  datasetVersion: DatasetVersion,
  runId: RunId,
  codeCommit: z.string(),
  recipe: Recipe,
  trainedAt: z.string(),
});
export type Bundle = z.infer<typeof Bundle>;

export const MODEL_JSON = "model.json";
/** Where a registered model's bundle lies. */
export const modelPrefix = (number: number) => `models/${number}/`;
