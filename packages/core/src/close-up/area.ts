import type { Size } from "../box";

/** Neighbours in a row, from `start` to before `end`; values are counted row by row. */
export interface Run {
  start: number;
  end: number;
}

/** A connected part of a picture. */
export interface Area {
  /** From the top, and in each row from the left. */
  runs: readonly Run[];
  /** Of its values. */
  sum: number;
  /** How many there are. */
  count: number;
}

interface Found extends Run {
  /** Of its values; of the whole area's for the one run that stands for it. */
  sum: number;
  /** Another run of the same area; null for the one that stands for it. */
  joined: Found | null;
}

/**
 * The connected area (by its sides, not its corners) of values at or over the threshold with the largest sum; null
 * where nothing reaches it.
 *
 * @param values [height * width]
 */
export function largestArea(values: Float32Array, { width }: Size, threshold: number): Area | null {
  const found: Found[] = [];
  let above: Found[] = [];
  for (let rowStart = 0; rowStart < values.length; rowStart += width) {
    const row = runsOf(values, rowStart, rowStart + width, threshold);
    joinTouching(row, above, width);
    found.push(...row);
    above = row;
  }
  const largest = found.reduce<Found | null>(
    (best, run) => (run.joined === null && run.sum > (best?.sum ?? 0) ? run : best),
    null,
  );
  if (!largest) return null;
  const runs = found.filter((run) => standFor(run) === largest);
  const count = runs.reduce((total, { start, end }) => total + end - start, 0);
  return { runs, sum: largest.sum, count };
}

function runsOf(values: Float32Array, from: number, to: number, threshold: number): Found[] {
  const runs: Found[] = [];
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
function joinTouching(row: readonly Found[], above: readonly Found[], width: number): void {
  for (let i = 0, j = 0; i < row.length && j < above.length; ) {
    const [start, end] = [above[j].start + width, above[j].end + width];
    if (row[i].start < end && start < row[i].end) join(row[i], above[j]);
    if (row[i].end < end) i++;
    else j++;
  }
}

function join(one: Found, other: Found): void {
  const [a, b] = [standFor(one), standFor(other)];
  if (a === b) return;
  b.joined = a;
  a.sum += b.sum;
}

function standFor(run: Found): Found {
  let last = run;
  while (last.joined) {
    last.joined = last.joined.joined ?? last.joined; // so that the next one's way is shorter
    last = last.joined;
  }
  return last;
}
