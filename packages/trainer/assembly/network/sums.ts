// Rows that are summed up by themselves before they join the others: a long sum in float32 loses what is small.
const ROWS = 64;

/** The sum of each column of [rows, channels]. As all here: channels in fours, so `sums` has room up to the next four. */
export function columnSums(x: usize, sums: usize, rows: i32, channels: i32): void {
  const step: usize = 4 * channels;
  memory.fill(sums, 0, step + 12);
  for (let first = 0; first < rows; first += ROWS) {
    const chunk = x + <usize>first * step;
    const count = min(ROWS, rows - first);
    for (let c: usize = 0; c < step; c += 16) {
      let sum = f32x4.splat(0);
      let at = chunk + c;
      for (let row = 0; row < count; row++, at += step) sum = f32x4.add(sum, v128.load(at));
      v128.store(sums + c, f32x4.add(v128.load(sums + c), sum));
    }
  }
}

/** The sum of the squares of each column's distances from its mean. */
export function squaredSums(x: usize, means: usize, sums: usize, rows: i32, channels: i32): void {
  const step: usize = 4 * channels;
  memory.fill(sums, 0, step + 12);
  for (let first = 0; first < rows; first += ROWS) {
    const chunk = x + <usize>first * step;
    const count = min(ROWS, rows - first);
    for (let c: usize = 0; c < step; c += 16) {
      const mean = v128.load(means + c);
      let sum = f32x4.splat(0);
      let at = chunk + c;
      for (let row = 0; row < count; row++, at += step) {
        const distance = f32x4.sub(v128.load(at), mean);
        sum = f32x4.add(sum, f32x4.mul(distance, distance));
      }
      v128.store(sums + c, f32x4.add(v128.load(sums + c), sum));
    }
  }
}

/** The sum of the products of each column's distances from its mean with another's values. */
export function productSums(x: usize, means: usize, y: usize, sums: usize, rows: i32, channels: i32): void {
  const step: usize = 4 * channels;
  const apart = y - x;
  memory.fill(sums, 0, step + 12);
  for (let first = 0; first < rows; first += ROWS) {
    const chunk = x + <usize>first * step;
    const count = min(ROWS, rows - first);
    for (let c: usize = 0; c < step; c += 16) {
      const mean = v128.load(means + c);
      let sum = f32x4.splat(0);
      let at = chunk + c;
      for (let row = 0; row < count; row++, at += step) {
        sum = f32x4.add(sum, f32x4.mul(f32x4.sub(v128.load(at), mean), v128.load(at + apart)));
      }
      v128.store(sums + c, f32x4.add(v128.load(sums + c), sum));
    }
  }
}
