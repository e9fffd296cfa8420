import type { GatePolicy } from "@sluice/core";
import { seededRandom } from "@sluice/core";
import { decide, type Reason } from "@sluice/core/gate/index";
import type { TwoTrainings } from "./scores";
import { type Setting, trial } from "./trial";

export interface Rates {
  trials: number;
  promoted: number;
  /** In how many trials each rule did not hold. */
  broken: Partial<Record<Reason["rule"], number>>;
}

/** Asks the gate itself about `trials` simulated comparisons. The same seed gives the same trials. */
export function rates(
  scores: TwoTrainings,
  setting: Setting,
  policy: GatePolicy,
  { trials, seed }: { trials: number; seed: number },
): Rates {
  const random = seededRandom(seed);
  const found: Rates = { trials, promoted: 0, broken: {} };
  for (let t = 0; t < trials; t++) {
    const { decision, reasons } = decide(trial(scores, setting, random), policy);
    if (decision === "promote") found.promoted++;
    for (const { rule, holds } of reasons) {
      if (!holds) found.broken[rule] = (found.broken[rule] ?? 0) + 1;
    }
  }
  return found;
}

/**
 * Between which rates the true one lies, at 95 % (E. B. Wilson, Probable Inference, 1927): both in 0..1.
 */
export function confidence({ promoted, trials }: Pick<Rates, "promoted" | "trials">): [number, number] {
  const z = 1.96;
  const p = promoted / trials;
  const middle = p + z ** 2 / (2 * trials);
  const half = z * Math.sqrt((p * (1 - p)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}
