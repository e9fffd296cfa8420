/** Where it starts and ends (int32 each), the sum of its values (float64), and which run stands for its area (int32). */
const RUN_BYTES: i32 = 24;

/**
 * The connected area (by its sides, not its corners) of values at or over a threshold with the largest sum.
 *
 * @param values [height, width] float32, and 16 bytes after them that may be read
 * @param out room for the area's sum (float64), and for a run at every second value of each row, 24 bytes each: where
 * it starts and ends comes first (int32 each); values are counted row by row
 * @returns how many runs the area has; 0 where nothing reaches the threshold
 */
export function largestArea(values: usize, width: i32, height: i32, threshold: f64, out: usize): i32 {
  const runs = out + 8;
  const count = findRuns(values, width, height, threshold, runs);
  joinTouching(runs, count, width);
  let largest = -1;
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) {
    const own = load<f64>(runs + RUN_BYTES * i, 8);
    if (standFor(runs, i) === i && own > sum) {
      largest = i;
      sum = own;
    }
  }
  store<f64>(out, sum);
  return largest < 0 ? 0 : keep(runs, count, largest);
}

function findRuns(values: usize, width: i32, height: i32, threshold: f64, runs: usize): i32 {
  const thresholds = f32x4.splat(<f32>threshold);
  let count = 0;
  for (let row = 0; row < height; row++) {
    const end = (row + 1) * width;
    for (let at = row * width; at < end; ) {
      // Four that are all below it are passed over; those beyond the row's end are left to the next row.
      if (!v128.any_true(f32x4.ge(v128.load(values + 4 * at), thresholds))) {
        at += 4;
        continue;
      }
      while (at < end && !(<f64>load<f32>(values + 4 * at) >= threshold)) at++;
      const start = at;
      let sum: f64 = 0;
      for (; at < end; at++) {
        const value = <f64>load<f32>(values + 4 * at);
        if (!(value >= threshold)) break;
        sum += value;
      }
      if (start === at) continue;
      const run = runs + RUN_BYTES * count;
      store<i32>(run, start);
      store<i32>(run, at, 4);
      store<f64>(run, sum, 8);
      store<i32>(run, count, 16);
      count++;
    }
  }
  return count;
}

/** Both in order: of two that touch or not, the one that ends first can touch no further one. */
function joinTouching(runs: usize, count: i32, width: i32): void {
  for (let above = 0, i = 0; i < count && above < count; ) {
    const run = runs + RUN_BYTES * i;
    const upper = runs + RUN_BYTES * above;
    const start = load<i32>(upper) + width;
    const end = load<i32>(upper, 4) + width;
    if (load<i32>(run) < end && start < load<i32>(run, 4)) join(runs, i, above);
    if (load<i32>(run, 4) < end) i++;
    else above++;
  }
}

/** The first of an area's runs stands for it, and has its sum. */
function join(runs: usize, one: i32, other: i32): void {
  const a = standFor(runs, one);
  const b = standFor(runs, other);
  if (a === b) return;
  const first = runs + RUN_BYTES * min(a, b);
  const second = runs + RUN_BYTES * max(a, b);
  store<i32>(second, min(a, b), 16);
  store<f64>(first, load<f64>(first, 8) + load<f64>(second, 8), 8);
}

function standFor(runs: usize, run: i32): i32 {
  let next = load<i32>(runs + RUN_BYTES * run, 16);
  while (next !== run) {
    const second = load<i32>(runs + RUN_BYTES * next, 16);
    store<i32>(runs + RUN_BYTES * run, second, 16); // so that the next one's way is shorter
    run = second;
    next = load<i32>(runs + RUN_BYTES * run, 16);
  }
  return run;
}

/** Moves the area's runs to the front: where they start and end, for what stands for them is still asked for. */
function keep(runs: usize, count: i32, area: i32): i32 {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (standFor(runs, i) !== area) continue;
    store<i64>(runs + RUN_BYTES * kept, load<i64>(runs + RUN_BYTES * i));
    kept++;
  }
  return kept;
}

/** The sum of float32 values, of which there are `count`. */
export function sumOf(values: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const four = v128.load(values + 4 * i);
    low = f64x2.add(low, f64x2.promote_low_f32x4(four));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 0)));
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < count; i++) sum += <f64>load<f32>(values + 4 * i);
  return sum;
}
