import type { Training } from "@sluice/core";
import type { NetworkPlan } from "./network-plan";

/**
 * Share of an epoch's time that does not go with the size of the photos it learns from: validation, the optimizer, the
 * weights' way to the replicas. Epochs of 128, 160 and 192 px took 0.56, 0.74 and 1 of the last one's time.
 */
const FIXED = 0.2;

type Resized = Pick<NetworkPlan, "width" | "height" | "early">;
type Records = readonly Pick<Training.EpochRecord, "early">[];

/** How many of the planned epochs are to see smaller photos: the first ones. */
export const earlyEpochs = ({ early }: Resized, planned: number): number =>
  early ? Math.floor(early.share * planned) : 0;

/** Whether the epoch after those recorded is one of them. Once one was not, none is: plans change. */
export const isNextEarly = (plan: Resized, planned: number, records: Records): boolean =>
  records.length < earlyEpochs(plan, planned) && records.every(({ early }) => early);

/** What epochs on smaller and on full photos cost, in epochs on full ones. */
export function costOf({ early, width, height }: Resized, epochs: { early: number; full: number }): number {
  const pixels = early ? (early.width * early.height) / (width * height) : 1;
  return epochs.full + epochs.early * (FIXED + (1 - FIXED) * pixels);
}

/** What the epochs recorded have cost, in epochs on full photos. */
export function costOfRecorded(plan: Resized, records: Records): number {
  const early = records.filter((record) => record.early).length;
  return costOf(plan, { early, full: records.length - early });
}

/** What the planned epochs after those recorded will cost, in epochs on full photos. */
export function costAhead(plan: Resized, planned: number, records: Records): number {
  const ahead = planned - records.length;
  const isEarly = isNextEarly(plan, planned, records);
  const early = isEarly ? earlyEpochs(plan, planned) - records.length : 0;
  return costOf(plan, { early, full: ahead - early });
}

/**
 * How many epochs to plan in all.
 *
 * @param left what those after the recorded ones may cost, in epochs on full photos
 */
export function affordableEpochs(
  plan: Resized & Pick<NetworkPlan, "epochs">,
  records: Records,
  left: number,
): number {
  let planned = records.length;
  while (planned < plan.epochs && costAhead(plan, planned + 1, records) <= left) planned++;
  return planned;
}
