import type { NetworkPlan } from "./network-plan";

/** Share of a step's time that does not depend on the photos' size: the optimizer, the weights' way to the replicas. */
const FIXED = 0.2;

type Resized = Pick<NetworkPlan, "width" | "height" | "early">;

/** How many of the planned epochs see smaller photos: the first ones. */
export const earlyEpochs = ({ early }: Resized, planned: number): number =>
  early ? Math.floor(early.share * planned) : 0;

/** What the first `epochs` of those planned cost, in epochs at full size. @param epochs may end within one */
export function costOf(plan: Resized, planned: number, epochs: number): number {
  const { early, width, height } = plan;
  const small = Math.min(epochs, earlyEpochs(plan, planned));
  const pixels = early ? (early.width * early.height) / (width * height) : 1;
  return epochs - small + small * (FIXED + (1 - FIXED) * pixels);
}

/**
 * How many epochs to plan when `finished` are over.
 *
 * @param left what the others may cost, in epochs at full size
 */
export function affordable(
  plan: Resized & Pick<NetworkPlan, "epochs">,
  finished: number,
  left: number,
): number {
  let planned = finished;
  while (planned < plan.epochs) {
    const next = planned + 1;
    if (costOf(plan, next, next) - costOf(plan, next, finished) > left) break;
    planned = next;
  }
  return planned;
}
