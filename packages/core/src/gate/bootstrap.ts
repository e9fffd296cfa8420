import { type Random, seededRandom } from "../random";

/** Most draws held at once, 32 MB: all of a comparison on up to 838 images at 9,999 resamples. */
const BLOCK = 2 ** 23;

/** Draws of the last comparison: one on as many images, as in a simulation of thousands, needs the same. */
let kept = { key: "", draws: new Uint32Array(), stateAfter: 0 };

/**
 * Share of paired bootstrap resamples in which the mean difference is above zero; ties count half
 * (Efron & Tibshirani, An Introduction to the Bootstrap, ch. 16).
 *
 * @param differences challenger minus champion, per image; not empty
 */
export function probabilityBetter(differences: readonly number[], resamples: number, seed: number): number {
  const values = Float64Array.from(differences);
  const n = values.length;
  const rows = Math.max(1, Math.floor(BLOCK / n));
  const random = seededRandom(seed);
  let better = 0;
  for (let done = 0; done < resamples; done += rows) {
    const count = Math.min(rows, resamples - done);
    better += wins(values, drawn(n, count * n, random), count);
  }
  return better / resamples;
}

/** The next `count` images of `n`. Draws that are kept leave the generator as if it had been asked for them. */
function drawn(n: number, count: number, random: Random): Uint32Array {
  const key = [n, count, random.state].join();
  if (kept.key !== key) {
    const draws = new Uint32Array(count);
    for (let k = 0; k < count; k++) draws[k] = Math.floor(random() * n);
    kept = { key, draws, stateAfter: random.state };
  }
  random.state = kept.stateAfter;
  return kept.draws;
}

/** In how many resamples the sum is above zero. Four are summed side by side: an addition waits for the one before. */
function wins(values: Float64Array, draws: Uint32Array, resamples: number): number {
  const n = values.length;
  const won = (sum: number) => (sum > 0 ? 1 : sum === 0 ? 0.5 : 0);
  let better = 0;
  let r = 0;
  for (; r + 4 <= resamples; r += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let k = r * n; k < (r + 1) * n; k++) {
      a += values[draws[k]];
      b += values[draws[k + n]];
      c += values[draws[k + 2 * n]];
      d += values[draws[k + 3 * n]];
    }
    better += won(a) + won(b) + won(c) + won(d);
  }
  for (; r < resamples; r++) {
    let sum = 0;
    for (let k = r * n; k < (r + 1) * n; k++) sum += values[draws[k]];
    better += won(sum);
  }
  return better;
}
