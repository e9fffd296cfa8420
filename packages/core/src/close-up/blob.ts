import type { Size } from "../box";

/**
 * The connected area (by its sides, not its corners) of values at or over the threshold with the largest sum.
 *
 * @param values [height * width]
 * @returns the values inside it, 0 elsewhere; null where nothing reaches the threshold
 */
export function largestBlob(
  values: Float32Array,
  { width, height }: Size,
  threshold: number,
): Float32Array | null {
  const labels = new Int32Array(width * height);
  const waiting = new Int32Array(width * height);
  let largest = { label: 0, sum: 0 };
  let label = 0;
  for (let start = 0; start < values.length; start++) {
    if (labels[start] !== 0 || values[start] < threshold) continue;
    const sum = fill(start, ++label);
    if (sum > largest.sum) largest = { label, sum };
  }
  if (largest.sum === 0) return null;
  const inside = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) if (labels[i] === largest.label) inside[i] = values[i];
  return inside;

  /** Labels all that hangs together with a pixel. @returns the sum of its values */
  function fill(start: number, label: number): number {
    let count = 1;
    let sum = 0;
    waiting[0] = start;
    labels[start] = label;
    for (let next = 0; next < count; next++) {
      const at = waiting[next];
      sum += values[at];
      const column = at % width;
      if (column > 0) visit(at - 1);
      if (column < width - 1) visit(at + 1);
      if (at >= width) visit(at - width);
      if (at < values.length - width) visit(at + width);
    }
    return sum;

    function visit(at: number): void {
      if (labels[at] !== 0 || values[at] < threshold) return;
      labels[at] = label;
      waiting[count++] = at;
    }
  }
}
