import * as z from "zod";
import { ChosenRecipe } from "../training/recipes";
import { ReleasePolicy } from "./release-policy";

export { ReleasePolicy, STRATEGIES, Strategy } from "./release-policy";

/** How a batch's masks are read: `reject` grey values, or cut them at 127 with a warning (old masks are JPEG). */
export const MaskPolicy = z.enum(["reject", "threshold"]);
export type MaskPolicy = z.infer<typeof MaskPolicy>;

export const GatePolicy = z.object({
  /** Floors on the test split's means; the only bar while there is no champion. */
  diceFloor: z.number().min(0).max(1).default(0.75),
  iouFloor: z.number().min(0).max(1).default(0.6),
  /** Probability (paired bootstrap) with which the challenger must be better; docs/gate.md has what others would do. */
  probability: z.number().min(0.5).max(1).default(0.95),
  /** One photo counts at most this much Dice in the bootstrap, so that none decides alone; 1 is no limit. */
  differenceCap: z.number().positive().max(1).default(0.1),
  resamples: z.number().int().min(100).default(9_999),
  seed: z.number().int().default(1),
  /** A slice may fall by at most this much Dice; smaller slices than `sliceMinimum` are too noisy to judge. */
  sliceDrop: z.number().min(0).max(1).default(0.05),
  sliceMinimum: z.number().int().positive().default(5),
  /** Servability: pixel agreement of served masks with the trainer's, and the latency budget per photo. */
  agreement: z.number().min(0).max(1).default(0.999),
  latencyMsBudget: z.number().positive().default(2_000),
});
export type GatePolicy = z.infer<typeof GatePolicy>;

export const ValidationPolicy = z.object({
  /** Ids that one function looks at: 500 pairs of 12-megapixel photos take it about four minutes. */
  pairsPerPart: z.number().int().positive().default(500),
  /** Functions at once; each decodes four photos at a time. */
  partsAtOnce: z.number().int().positive().max(1_000).default(40),
});
export type ValidationPolicy = z.infer<typeof ValidationPolicy>;

/** What a stage decides about its runs. */
export const Settings = z.object({
  stage: z.string().default("local"),
  masks: MaskPolicy.default("reject"),
  /** By name, as `reference`; or what differs from the default, or from the one it is `like`. */
  recipe: ChosenRecipe.prefault({}),
  gate: GatePolicy.prefault({}),
  validation: ValidationPolicy.prefault({}),
  release: ReleasePolicy.prefault({}),
  /** Serving stages keep the host up after a run. */
  servesAlways: z.boolean().default(false),
  trainingTimeoutSeconds: z
    .number()
    .int()
    .positive()
    .default(4 * 3600),
  /** A training without a heartbeat for so long is lost. */
  heartbeatSeconds: z.number().int().positive().default(180),
  /** Until the first one it may take so long: a fresh host installs its programs before. */
  firstSignSeconds: z.number().int().positive().default(180),
  leaseSeconds: z.number().int().positive().default(900),
  /** What an hour of the host costs, for the runs' cost: by default a t3.large on demand in Ireland. */
  hostUsdPerHour: z.number().nonnegative().default(0.0912),
  /** The watchdog looks so often. */
  watchdogMinutes: z.number().int().positive().default(5),
});
export type Settings = z.infer<typeof Settings>;
