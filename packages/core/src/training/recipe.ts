import * as z from "zod";

const Share = z.number().min(0).max(1);

/**
 * What is done to a training photo and its mask, drawn anew in every epoch. Each movement and each change of light
 * happens with its own probability.
 */
export const Augmentation = z.object({
  /** Turned by up to so many degrees either way. */
  rotation: z.object({ degrees: z.number().min(0), probability: Share }),
  /** Turned by a quarter first, either way: for things that stand upright on most photos and lie on some. */
  quarterTurn: Share,
  /** The content's size, times. */
  scale: z.tuple([z.number().positive(), z.number().positive()]),
  /** Moved by up to this share of a side. */
  shift: Share,
  /** Left to right, and top to bottom. */
  mirrored: Share,
  upended: Share,
  /** Of 0..1: added to all colours, spread around the middle, and to each colour alone. */
  light: z.object({ brightness: Share, contrast: Share, colour: Share, probability: Share }),
});
export type Augmentation = z.infer<typeof Augmentation>;

const AUGMENTATION: Augmentation = {
  rotation: { degrees: 20, probability: 1 },
  quarterTurn: 0.25,
  scale: [0.75, 1.35],
  shift: 0.1,
  mirrored: 0.5,
  upended: 0,
  light: { brightness: 0.15, contrast: 0.25, colour: 0.1, probability: 1 },
};

/** The rate over a training's steps. */
const Schedule = z.discriminatedUnion("kind", [
  /** Up, then down to nearly nothing, over all planned epochs (Smith & Topin 2018). */
  z.object({ kind: z.literal("one_cycle") }),
  /** Times `factor` after `patience` epochs without a better validation Dice, down to `minimum`. */
  z.object({
    kind: z.literal("plateau"),
    factor: Share,
    patience: z.number().int().positive(),
    minimum: z.number().positive(),
  }),
]);

/** A network and how long it is trained. */
const Network = {
  /** Side of the px block folded into channels before the first convolution (1: the plain U-Net). */
  patch: z.union([z.literal(1), z.literal(2), z.literal(4)]).default(2),
  base: z.number().int().positive().default(16),
  levels: z.number().int().min(1).max(5).default(4),
  batchSize: z.number().int().positive().default(8),
  epochs: z.number().int().positive(),
  /** The schedule's highest. */
  learningRate: z.number().positive().default(3e-3),
};

/**
 * The first epochs see smaller photos, so that there are more of them in the same time (progressive resizing: Howard
 * 2018, in fast.ai's entry for DAWNBench; EfficientNetV2, Tan & Le 2021).
 */
const ProgressiveResizing = z.object({
  /**
   * Of the sides of the full input; rounded to a size that the network can take. Not under a half: photos are sampled,
   * and pixels would be passed over.
   */
  scale: Share.min(0.5).default(2 / 3),
  /** Of the planned epochs. The last one is never among them. */
  share: Share.lt(1).default(0.55),
});

/**
 * The second look: a network that sees the first one's finding closely. It is trained on close-ups of the true
 * outline, displaced as the first network errs.
 */
export const Refiner = z.object({
  ...Network,
  levels: Network.levels.default(3),
  epochs: z.number().int().positive().default(14),
  /** Its input, px; both divisible by `patch * 2^levels`. */
  width: z.number().int().positive().default(192),
  height: z.number().int().positive().default(80),
  /** What it is shown, times the outline's length and breadth. */
  along: z.number().min(1).default(1.5),
  across: z.number().min(1).default(2.5),
  /** Its share of `budgetSeconds`. */
  budgetShare: Share.default(0.3),
});
export type Refiner = z.infer<typeof Refiner>;

/** How a model is trained. The defaults are the recipe `default`; see `recipes.ts`. */
export const Recipe = z.object({
  /** Side of the square input of the network that sees the whole photo, px. Divisible by `patch * 2^levels`. */
  size: z.number().int().positive().default(192),
  ...Network,
  epochs: z.number().int().positive().default(26),
  /** Of the network that sees the whole photo; null: all epochs see it at full size. */
  progressiveResizing: ProgressiveResizing.nullable().prefault({}),
  /**
   * Parts in which each batch is learned at once, each with its own batch statistics (synchronous data parallelism).
   * The numbers depend on it, and not on how many of them the machine has cores for.
   */
  replicas: z.number().int().min(1).max(8).default(2),
  /** Null: one network's answer is the answer. */
  refiner: Refiner.nullable().prefault({}),
  /** Wall time for all epochs of all networks; epochs are cut to fit while it runs. */
  budgetSeconds: z.number().positive().nullable().default(null),
  loss: z.enum(["cross_entropy", "cross_entropy_and_dice"]).default("cross_entropy_and_dice"),
  /** Adam adds the decay to the gradient (L2), AdamW takes it off the weights (Loshchilov & Hutter 2019). */
  optimizer: z.enum(["adam", "adamw"]).default("adamw"),
  weightDecay: z.number().min(0).default(1e-4),
  schedule: Schedule.prefault({ kind: "one_cycle" }),
  /** Epochs without a better validation Dice after which training ends. */
  patience: z.number().int().positive().default(20),
  augmentation: Augmentation.nullable().default(AUGMENTATION),
  /** Begin with the champion's weights (`warm`), with fresh ones (`scratch`), or as the dataset has grown (`auto`). */
  start: z.enum(["auto", "warm", "scratch"]).default("auto"),
  seed: z.number().int().nonnegative().default(1),
  backend: z.enum(["auto", "native", "wasm"]).default("auto"),
  threshold: z.number().min(0).max(1).default(0.5),
});
export type Recipe = z.infer<typeof Recipe>;
