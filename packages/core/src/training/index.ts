import * as z from "zod";
import { ERROR_CODES } from "../errors";
import { DatasetVersion, EpochMs, ModelNumber, RunId, Sha256 } from "../ids";
import { Recipe } from "./recipe";

export { Augmentation, Recipe, Refiner } from "./recipe";
export { RECIPES, type RecipeName } from "./recipes";

/** The blobs of one training. `attempt` is not in the path: a lost attempt's checkpoint is what the next resumes from. */
export const keys = (runId: string) => {
  const prefix = `jobs/${runId}/`;
  return {
    prefix,
    job: `${prefix}job.json`,
    progress: `${prefix}progress.json`,
    checkpoint: `${prefix}checkpoint/`,
    bundle: `${prefix}bundle/`,
    evaluation: `${prefix}evaluation.json`,
    /** The evaluation as a page, and as a model card. */
    report: `${prefix}report.html`,
    card: `${prefix}card.md`,
    championEvaluation: `${prefix}champion-evaluation.json`,
    curves: `${prefix}curves.png`,
    overlays: `${prefix}overlays/`,
    /** Written last: where it is, everything else is. */
    result: `${prefix}result.json`,
    failure: `${prefix}failure.json`,
  };
};

/** What the trainer is told: one file in, artefacts out. */
export const Job = z.object({
  runId: RunId,
  datasetVersion: DatasetVersion,
  recipe: Recipe,
  /** The model to compare with on the same test pictures. */
  champion: ModelNumber.nullable(),
  codeCommit: z.string(),
  /** The host release whose trainer was sent for first; absent where the trainer is this checkout's. */
  hostRelease: z.string().optional(),
});
export type Job = z.infer<typeof Job>;

export const EpochRecord = z.object({
  epoch: z.number().int().positive(),
  loss: z.number(),
  validationDice: z.number(),
  learningRate: z.number(),
  seconds: z.number(),
  /** Whether it saw smaller photos (`progressiveResizing`). */
  early: z.boolean().optional(),
});
export type EpochRecord = z.infer<typeof EpochRecord>;

/** What a network of a model does: answers alone, or finds the window and then looks at it closely. */
export const Role = z.enum(["segmenter", "locator", "refiner"]);
export type Role = z.infer<typeof Role>;

/** The heartbeat: what a person watching a training sees, rewritten every few seconds. */
export const Progress = z.object({
  phase: z.enum(["loading", "training", "exporting", "evaluating", "done"]),
  backend: z.enum(["native", "wasm"]).nullable(),
  /** The one in training; null before and after. */
  network: Role.nullable(),
  epoch: z.number().int().nonnegative(),
  epochs: z.number().int().nonnegative(),
  /** Part of the current epoch (or of the phase) that is done, 0..1. */
  fraction: z.number().min(0).max(1),
  loss: z.number().nullable(),
  validationDice: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  at: EpochMs,
});
export type Progress = z.infer<typeof Progress>;

/** Written when a training ends without a model: the code is a dotted `SluiceError` code. */
export const Failure = z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() });
export type Failure = z.infer<typeof Failure>;

/** Rule 4 of the gate, measured by the serving app on real photos. */
export const Servability = z.object({
  photos: z.number().int().nonnegative(),
  /** Smallest share of equal pixels between a served mask and the trainer's, 0..1. */
  agreement: z.number().min(0).max(1),
  latencyMsP95: z.number().nonnegative(),
  error: z.string().nullable(),
});
export type Servability = z.infer<typeof Servability>;

export const Result = z.object({
  runId: RunId,
  datasetVersion: DatasetVersion,
  backend: z.enum(["native", "wasm"]),
  recipe: Recipe,
  /** SHA-256 of the bundle's `model.json`, which names the digests of the rest. */
  bundleDigest: Sha256,
  /** The model whose weights it began with; null from scratch. */
  startedFrom: ModelNumber.nullable(),
  /** In the order in which they were trained and answer. */
  networks: z
    .array(
      z.object({
        role: Role,
        epochs: z.array(EpochRecord),
        bestEpoch: z.number().int().positive(),
        /** SHA-256 over the weights: equal for equal seed, data, backend and threads. */
        weightsDigest: Sha256,
      }),
    )
    .min(1),
  /** Set when there is a champion that could not be evaluated: the gate then fails closed. */
  championError: z.string().nullable(),
  servability: Servability,
  /** Pairs that were decoded anew; the others lay decoded since an earlier training. */
  decoded: z.number().int().nonnegative(),
  seconds: z.object({ loading: z.number(), training: z.number(), evaluating: z.number() }),
});
export type Result = z.infer<typeof Result>;
