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

/**
 * The sum of the products of two columns' distances from their means: of a column with itself, what its variance is made
 * of.
 */
export function productSums(
  x: usize,
  xMeans: usize,
  y: usize,
  yMeans: usize,
  sums: usize,
  rows: i32,
  channels: i32,
): void {
  const step: usize = 4 * channels;
  const apart = y - x;
  memory.fill(sums, 0, step + 12);
  for (let first = 0; first < rows; first += ROWS) {
    const chunk = x + <usize>first * step;
    const count = min(ROWS, rows - first);
    for (let c: usize = 0; c < step; c += 16) {
      const xMean = v128.load(xMeans + c);
      const yMean = v128.load(yMeans + c);
      let sum = f32x4.splat(0);
      let at = chunk + c;
      for (let row = 0; row < count; row++, at += step) {
        const product = f32x4.mul(f32x4.sub(v128.load(at), xMean), f32x4.sub(v128.load(at + apart), yMean));
        sum = f32x4.add(sum, product);
      }
      v128.store(sums + c, f32x4.add(v128.load(sums + c), sum));
    }
  }
}
