import type { Batch } from "../data/batch";

/** Fewer pictures have too little to say about their own mean and variance. */
const SMALLEST = 2;

/** A batch in so many parts, as equal as they can be, which share its memory; in fewer where it is small. */
export function partsOf(batch: Batch, wanted: number): Batch[] {
  const [n] = batch.inputShape;
  const count = Math.max(1, Math.min(wanted, Math.floor(n / SMALLEST)));
  const [inputSize, targetSize] = [batch.input.length / n, batch.target.length / n];
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [Math.floor((i * n) / count), Math.floor(((i + 1) * n) / count)];
    const [, ...inputShape] = batch.inputShape;
    const [, ...targetShape] = batch.targetShape;
    return {
      input: batch.input.subarray(start * inputSize, end * inputSize),
      inputShape: [end - start, ...inputShape],
      target: batch.target.subarray(start * targetSize, end * targetSize),
      targetShape: [end - start, ...targetShape],
    };
  });
}
