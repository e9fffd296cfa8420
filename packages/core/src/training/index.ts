import * as z from "zod";
import { ERROR_CODES } from "../errors";
import { DatasetVersion, EpochMs, ModelNumber, RunId, Sha256 } from "../ids";
import { Recipe } from "./recipe";

export { Recipe } from "./recipe";

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
});
export type EpochRecord = z.infer<typeof EpochRecord>;

/** The heartbeat: what a person watching a training sees, rewritten every few seconds. */
export const Progress = z.object({
  phase: z.enum(["loading", "training", "exporting", "evaluating", "done"]),
  backend: z.enum(["native", "wasm"]).nullable(),
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
  epochs: z.array(EpochRecord),
  bestEpoch: z.number().int().positive(),
  /** SHA-256 over the weights: equal for equal seed, data, backend and threads. */
  weightsDigest: Sha256,
  /** Set when there is a champion that could not be evaluated: the gate then fails closed. */
  championError: z.string().nullable(),
  servability: Servability,
  seconds: z.object({ loading: z.number(), training: z.number(), evaluating: z.number() }),
});
export type Result = z.infer<typeof Result>;
