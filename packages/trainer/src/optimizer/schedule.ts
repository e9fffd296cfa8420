import type { Training } from "@sluice/core";
import type { NetworkPlan } from "../training/network-plan";

const WARM_UP_SHARE = 0.25;
const START_SHARE = 1 / 25;
const END_SHARE = 1 / 10_000;

/** Where a training stands at the beginning of an epoch. */
interface Standing {
  /** How many epochs the schedule spans. */
  planned: number;
  /** Steps of an epoch. */
  perEpoch: number;
  records: readonly Pick<Training.EpochRecord, "validationDice" | "early">[];
}

/** The learning rate of each step, from 0, of the epoch after those recorded. */
export function learningRates(
  { schedule, learningRate }: Pick<NetworkPlan, "schedule" | "learningRate">,
  { planned, perEpoch, records }: Standing,
): (step: number) => number {
  if (schedule.kind === "one_cycle") {
    return (step) => oneCycle(records.length * perEpoch + step, planned * perEpoch, learningRate);
  }
  const rate = plateau(
    records.filter(({ early }) => !early).map(({ validationDice }) => validationDice),
    learningRate,
    schedule,
  );
  return () => rate;
}

/**
 * Learning rate of a step in the one-cycle schedule (Smith & Topin 2018): up from a 25th of the peak over the
 * first quarter of the steps, then down to nearly zero, both along a cosine.
 *
 * @param step from 0; @param steps of the whole training
 */
export function oneCycle(step: number, steps: number, peak: number): number {
  const warmUp = Math.max(1, Math.floor(WARM_UP_SHARE * steps));
  if (step < warmUp) return cosine(peak * START_SHARE, peak, step / warmUp);
  return cosine(peak, peak * END_SHARE, (step - warmUp) / Math.max(1, steps - 1 - warmUp));
}

/** From `from` at 0 to `to` at 1, level at both ends. */
const cosine = (from: number, to: number, share: number) =>
  to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;

/** The rate after epochs with these validation Dice: times `factor` after `patience` epochs in a row without a better one. */
export function plateau(
  dice: readonly number[],
  rate: number,
  { factor, patience, minimum }: { factor: number; patience: number; minimum: number },
): number {
  let best = Number.NEGATIVE_INFINITY;
  let waited = 0;
  return dice.reduce((now, value) => {
    waited = value > best ? 0 : waited + 1;
    best = Math.max(best, value);
    if (waited <= patience) return now;
    waited = 0;
    return Math.max(minimum, now * factor);
  }, rate);
}
