import * as z from "zod";

/** How a model is trained. Defaults are those of `docs/benchmarks.md`. */
export const Recipe = z.object({
  /** Side of the square model input, px. Divisible by `patch * 2^levels`. */
  size: z.number().int().positive().default(192),
  /** Side of the px block folded into channels before the first convolution (1: the plain U-Net). */
  patch: z.union([z.literal(1), z.literal(2), z.literal(4)]).default(2),
  base: z.number().int().positive().default(16),
  levels: z.number().int().min(1).max(5).default(4),
  batchSize: z.number().int().positive().default(8),
  epochs: z.number().int().positive().default(60),
  /** Wall time for the epochs; epochs are cut to fit after the first is timed. */
  budgetSeconds: z.number().positive().nullable().default(null),
  /** Peak of the one-cycle schedule (Smith & Topin 2018). */
  learningRate: z.number().positive().default(3e-3),
  weightDecay: z.number().min(0).default(1e-4),
  /** Epochs without a better validation Dice after which training ends. */
  patience: z.number().int().positive().default(20),
  augment: z.boolean().default(true),
  /** Begin with the champion's weights where they fit (`auto`), or always with fresh ones. */
  start: z.enum(["auto", "scratch"]).default("auto"),
  seed: z.number().int().nonnegative().default(1),
  backend: z.enum(["auto", "native", "wasm"]).default("auto"),
  threshold: z.number().min(0).max(1).default(0.5),
});
export type Recipe = z.infer<typeof Recipe>;
