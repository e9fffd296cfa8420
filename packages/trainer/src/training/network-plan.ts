import type { Size, Training } from "@sluice/core";

/** One network's training: what there is to know but the examples. */
export interface NetworkPlan
  extends Pick<
    Training.Recipe,
    | "patch"
    | "base"
    | "levels"
    | "batchSize"
    | "replicas"
    | "epochs"
    | "learningRate"
    | "budgetSeconds"
    | "loss"
    | "optimizer"
    | "weightDecay"
    | "schedule"
    | "patience"
    | "seed"
    | "threshold"
  > {
  /** Of its input, px. */
  width: number;
  height: number;
  /** The smaller input of its first epochs, and their share of all that are planned. */
  early: (Size & { share: number }) | null;
}

/** The network that sees the whole photo. */
export function locatorPlan(recipe: Training.Recipe): NetworkPlan {
  const { size, budgetSeconds, refiner } = recipe;
  return {
    ...recipe,
    width: size,
    height: size,
    early: earlyPlan(recipe),
    budgetSeconds: budgetSeconds && budgetSeconds * (1 - (refiner?.budgetShare ?? 0)),
  };
}

/** The network that looks again, if there is one. */
export function refinerPlan(recipe: Training.Recipe): NetworkPlan | null {
  const { refiner, budgetSeconds } = recipe;
  return (
    refiner && {
      ...recipe,
      ...refiner,
      early: null,
      budgetSeconds: budgetSeconds && budgetSeconds * refiner.budgetShare,
    }
  );
}

function earlyPlan({ size, patch, levels, progressiveResizing }: Training.Recipe): NetworkPlan["early"] {
  if (progressiveResizing === null) return null;
  const { scale, share } = progressiveResizing;
  const step = patch * 2 ** levels;
  const side = step * Math.max(1, Math.round((size * scale) / step));
  return side < size ? { width: side, height: side, share } : null;
}
