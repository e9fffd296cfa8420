import * as z from "zod";
import { DatasetVersion, RunId, Sha256 } from "../ids";
import { Recipe } from "../training/recipe";

/** Files lie beside `model.json`; a bundle cannot point elsewhere. */
const FileName = z.string().regex(/^\w[\w.-]*$/, "not a plain file name");
const File = z.object({ file: FileName, sha256: Sha256, bytes: z.number().int() });
/** One ONNX file and the size of what it takes, px. */
const Network = File.extend({
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});

/** Answers alone: its mask is the answer. */
const Segmenter = Network.extend({ role: z.literal("segmenter") });
/** Answers first, roughly: the outline of its largest area is what the refiner looks at. */
const Locator = Network.extend({
  role: z.literal("locator"),
});
const Refiner = Network.extend({
  role: z.literal("refiner"),
  /** How much more than the outline it is shown, times its length and its breadth. */
  closeUp: z.object({ along: z.number().positive(), across: z.number().positive() }),
});
export type Locator = z.infer<typeof Locator>;
export type Refiner = z.infer<typeof Refiner>;

/** One more whenever the files are asked in another way. */
const FORMAT = 3;

/**
 * `model.json`: what a model is and how it is asked.
 *
 * Each ONNX file: input `pixels` uint8 [n, height, width, 3], RGB; output `probabilities` float32
 * [n, 1, height, width].
 */
export const Bundle = z.object({
  format: z.literal(FORMAT, {
    error: ({ input }) => `${input} is another Sluice's, this one reads ${FORMAT}: train the model anew`,
  }),
  task: z.literal("segmentation"),
  preprocessing: z.object({ upright: z.literal(true), fit: z.literal("fill") }),
  /** Probability from which a pixel belongs to the window. */
  threshold: z.number().min(0).max(1),
  stages: z.union([z.tuple([Segmenter]), z.tuple([Locator, Refiner])]),
  /** What a later training may begin with: each network's float32 weights, in the trainer's order. */
  weights: z.array(File).max(2).default([]),
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
