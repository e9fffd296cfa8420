import * as z from "zod";
import { Fraction, ModelNumber } from "../ids";

export const Reason = z.object({
  rule: z.enum(["evaluable", "better", "bootstrap", "floors", "slices", "servable"]),
  holds: z.boolean(),
  message: z.string(),
});
export type Reason = z.infer<typeof Reason>;

/** The gate's decision with every reason, held or not. */
export const Verdict = z.object({
  decision: z.enum(["promote", "keep"]),
  reasons: z.array(Reason),
  /** The champion it was compared with, if there was one. */
  champion: ModelNumber.nullable(),
  /** Probability that the challenger is better (paired bootstrap); null without a comparison. */
  probability: Fraction.nullable(),
});
export type Verdict = z.infer<typeof Verdict>;
