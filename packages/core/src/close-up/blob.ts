import type { Size } from "../box";

/** Neighbours in a row that reach the threshold, from `start` to before `end`. */
interface Run {
  start: number;
  end: number;
  /** Of its values; of the whole area's for the one run that stands for it. */
  sum: number;
  /** Another run of the same area; null for the one that stands for it. */
  joined: Run | null;
}

/**
 * The connected area (by its sides, not its corners) of values at or over the threshold with the largest sum.
 *
 * @param values [height * width]
 * @returns the values inside it, 0 elsewhere; null where nothing reaches the threshold
 */
export function largestBlob(values: Float32Array, { width }: Size, threshold: number): Float32Array | null {
  const runs: Run[] = [];
  let above: Run[] = [];
  for (let rowStart = 0; rowStart < values.length; rowStart += width) {
    const found = runsOf(values, rowStart, rowStart + width, threshold);
    joinTouching(found, above, width);
    runs.push(...found);
    above = found;
  }
  const largest = runs.reduce<Run | null>(
    (best, run) => (run.joined === null && run.sum > (best?.sum ?? 0) ? run : best),
    null,
  );
  if (!largest) return null;
  const inside = new Float32Array(values.length);
  for (const run of runs) {
    if (standFor(run) === largest) inside.set(values.subarray(run.start, run.end), run.start);
  }
  return inside;
}

function runsOf(values: Float32Array, from: number, to: number, threshold: number): Run[] {
  const runs: Run[] = [];
  for (let at = from; at < to; at++) {
    if (values[at] < threshold) continue;
    const start = at;
    let sum = 0;
    for (; at < to && values[at] >= threshold; at++) sum += values[at];
    runs.push({ start, end: at, sum, joined: null });
  }
  return runs;
}

/** Both in order: of two that touch or not, the one that ends first can touch no further one. */
function joinTouching(row: readonly Run[], above: readonly Run[], width: number): void {
  for (let i = 0, j = 0; i < row.length && j < above.length; ) {
    const [start, end] = [above[j].start + width, above[j].end + width];
    if (row[i].start < end && start < row[i].end) join(row[i], above[j]);
    if (row[i].end < end) i++;
    else j++;
  }
}

function join(one: Run, other: Run): void {
  const [a, b] = [standFor(one), standFor(other)];
  if (a === b) return;
  b.joined = a;
  a.sum += b.sum;
}

function standFor(run: Run): Run {
  let last = run;
  while (last.joined) {
    last.joined = last.joined.joined ?? last.joined; // so that the next one's way is shorter
    last = last.joined;
  }
  return last;
}
