import { type AdamState, type AdamStep, adam } from "./adam";

/** A step of the optimizer, and the vectors that it reads and writes, [size] each. */
export interface Update extends AdamState, AdamStep {
  /** Of each part of the batch; the first becomes their mean. */
  gradients: Float32Array[];
  /** How much each part counts; they make up 1. */
  shares: number[];
  /** 1 where a parameter decays and 0 where not. */
  decays: Float32Array;
}

/** The gradients' mean, then Adam, of the values from `start` to before `end`: each value is its own business. */
export function update({ gradients, shares, decays, ...step }: Update, start: number, end: number): void {
  meanOver(gradients, shares, start, end);
  adam(step, gradients[0], decays, step, start, end);
}

/** The weighted mean of vectors, written over the first. */
export function meanOver(
  [mean, ...others]: readonly Float32Array[],
  [own, ...shares]: readonly number[],
  start = 0,
  end = mean.length,
): void {
  if (shares.length === 0) return;
  for (const [k, share] of shares.entries()) {
    const other = others[k];
    const kept = k === 0 ? own : 1;
    for (let i = start; i < end; i++) mean[i] = kept * mean[i] + share * other[i];
  }
}

/** A copy in memory that threads share. */
export function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
