/** Of a side's new pixels: the first old one that each is made of, and the weights of that and of the next ones. */
export interface Weights {
  firsts: Int32Array;
  /** Of each new pixel; an even number. */
  taps: number;
  /** [firsts.length, taps], each row's sum is 1; 0 beyond the side's end. */
  weights: Float64Array;
}

/**
 * Weights that fall to 0 in a straight line on both sides of a new pixel's centre: over as many old pixels as it
 * covers, or over one where it covers less.
 */
export function tent(from: number, to: number): Weights {
  const scale = from / to;
  const reach = Math.max(1, scale);
  const taps = 2 * Math.ceil(reach);
  const firsts = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.floor(centre - reach) + 1);
    firsts[i] = first;
    const start = i * taps;
    let sum = 0;
    for (let tap = 0; tap < taps && first + tap < from; tap++) {
      const weight = Math.max(0, 1 - Math.abs(first + tap - centre) / reach);
      weights[start + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < taps; tap++) weights[start + tap] /= sum;
  }
  return { firsts, taps, weights };
}

/** What 1 becomes in whole numbers. */
export const WHOLE = 2 ** 14;

/** The weights as whole numbers whose sum is what it was: what rounding leaves goes to the largest. */
export function inWholeNumbers({ weights, taps }: Weights): Int16Array {
  const rounded = new Int16Array(weights.length);
  for (let start = 0; start < weights.length; start += taps) {
    let left = WHOLE;
    let largest = start;
    for (let i = start; i < start + taps; i++) {
      rounded[i] = Math.round(WHOLE * weights[i]);
      left -= rounded[i];
      if (weights[i] > weights[largest]) largest = i;
    }
    rounded[largest] += left;
  }
  return rounded;
}
