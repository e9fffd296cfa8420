import type { Training } from "@sluice/core";

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
}

/** The network that sees the whole photo. */
export function locatorPlan(recipe: Training.Recipe): NetworkPlan {
  const { size, budgetSeconds, refiner } = recipe;
  return {
    ...recipe,
    width: size,
    height: size,
    budgetSeconds: budgetSeconds && budgetSeconds * (1 - (refiner?.budgetShare ?? 0)),
  };
}

/** The network that looks again, if there is one. */
export function refinerPlan(recipe: Training.Recipe): NetworkPlan | null {
  const { refiner, budgetSeconds } = recipe;
  return (
    refiner && { ...recipe, ...refiner, budgetSeconds: budgetSeconds && budgetSeconds * refiner.budgetShare }
  );
}
