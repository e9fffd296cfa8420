import type { Random } from "@sluice/core";
import { type PerImage, type Report, summarise } from "@sluice/core/evaluation/index";
import { imageScoring } from "@sluice/core/evaluation/testing";
import type { Case } from "@sluice/core/gate/index";
import type { Scored, TwoTrainings } from "./scores";

export interface Setting {
  /** Photos in the test split. */
  photos: number;
  /** By how much the challenger's true mean Dice is above the champion's: 0.01 is one point. */
  improvement: number;
  /** Share of photos, 0..1, on which one of the two models, by a coin, finds nothing besides: Dice 0. */
  loneFailures?: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/**
 * What the gate would be given, had its test split been other photos of the same kind.
 *
 * - Photos are drawn with replacement; both models' scores of a photo stay together.
 * - For each photo a coin decides which training is the challenger: the true difference is exactly 0, its noise real.
 * - For an improvement, the challenger (below 0: the champion) closes on every photo the same share of the gap to 1,
 *   so large that its expected Dice rises by that much. IoU follows: for one mask it is dice / (2 - dice).
 */
export function trial(scores: TwoTrainings, setting: Setting, random: Random): Case {
  const { photos, improvement, loneFailures = 0 } = setting;
  const gap = mean([...scores.first, ...scores.second].map((image) => 1 - image.dice));
  const share = Math.abs(improvement) / gap;
  if (share > 1) throw new RangeError(`Nothing is better by ${improvement}: the mean gap to 1 is ${gap}`);
  const [challenger, champion]: PerImage[][] = [[], []];
  for (let i = 0; i < photos; i++) {
    const k = Math.floor(random() * scores.first.length);
    const pair = [scores.first[k], scores.second[k]];
    const [a, b] = random() < 0.5 ? pair : pair.reverse();
    challenger.push(closer(a, `photo-${i}`, improvement > 0 ? share : 0));
    champion.push(closer(b, `photo-${i}`, improvement < 0 ? share : 0));
    if (loneFailures > 0 && random() < loneFailures) fail(random() < 0.5 ? challenger : champion);
  }
  return {
    challenger: report(challenger),
    champion: { number: 1, report: report(champion) },
    servability: { photos: 8, agreement: 1, latencyMsP95: 50, error: null },
  };
}

function closer({ dice, slices }: Scored, id: string, share: number): PerImage {
  return imageScoring(id, dice + share * (1 - dice), { slices });
}

function fail(images: PerImage[]): void {
  const last = images[images.length - 1];
  images[images.length - 1] = imageScoring(last.id, 0, { slices: last.slices });
}

const report = (images: PerImage[]): Report => ({
  datasetVersion: "d".repeat(64),
  split: "test",
  bundleDigest: "b".repeat(64),
  images,
  ...summarise(images),
  latencyMs: { p50: 40, p95: 50 },
});
