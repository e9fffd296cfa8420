import { seededRandom } from "../random";

/**
 * Share of paired bootstrap resamples in which the mean difference is above zero; ties count half
 * (Efron & Tibshirani, An Introduction to the Bootstrap, ch. 16).
 *
 * @param differences challenger minus champion, per image; not empty
 */
export function probabilityBetter(differences: readonly number[], resamples: number, seed: number): number {
  const random = seededRandom(seed);
  const n = differences.length;
  let better = 0;
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += differences[Math.floor(random() * n)];
    better += sum > 0 ? 1 : sum === 0 ? 0.5 : 0;
  }
  return better / resamples;
}
