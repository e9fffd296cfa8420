/** Most draws held at once, 32 MB: all of a comparison on up to 838 images at 9,999 resamples. */
const BLOCK = 2 ** 23;

/** Draws of the last comparison: one on as many images, as in a simulation of thousands, needs the same. */
let kept = { key: "", draws: new Uint32Array() };

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
  let better = 0;
  for (let done = 0; done < resamples; done += rows) {
    const count = Math.min(rows, resamples - done);
    better += wins(values, drawn(n, seed, done * n, count * n), count);
  }
  return better / resamples;
}

/**
 * The images that `seededRandom(seed)` draws of `n`, from its draw number `from` on. Its steps are written out: its
 * state is a counter, so that draws can begin anywhere, and asking it for each of a million costs ten times as much.
 */
function drawn(n: number, seed: number, from: number, count: number): Uint32Array {
  const key = [n, seed, from, count].join();
  if (kept.key === key) return kept.draws;
  const draws = new Uint32Array(count);
  let state = (seed + Math.imul(from, 0x6d2b79f5)) | 0;
  for (let k = 0; k < count; k++) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    draws[k] = Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  }
  kept = { key, draws };
  return draws;
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
