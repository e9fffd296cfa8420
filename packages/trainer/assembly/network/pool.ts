import { put } from "./lanes";

/** The largest of each 2x2 of `x` [n, height, width, channels], whose sides are even. */
export function maxPool(x: usize, y: usize, n: i32, height: i32, width: i32, channels: i32): void {
  const pixel: usize = 4 * channels;
  const row = <usize>width * pixel;
  for (let line = 0; line < n * height; line += 2, x += row) {
    for (const end = x + row; x < end; x += 2 * pixel, y += pixel) {
      for (let c: usize = 0; c < pixel; c += 16) {
        const at = x + c;
        const top = f32x4.max(v128.load(at), v128.load(at + pixel));
        const bottom = f32x4.max(v128.load(at + row), v128.load(at + row + pixel));
        v128.store(y + c, f32x4.max(top, bottom));
      }
    }
  }
}

/** The slope goes to the first of the four that is the largest: from left to right, then down. */
export function maxPoolGradient(
  dy: usize,
  x: usize,
  y: usize,
  dx: usize,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const pixel: usize = 4 * channels;
  const row = <usize>width * pixel;
  for (let line = 0; line < n * height; line += 2, x += row, dx += row) {
    for (const end = x + row; x < end; x += 2 * pixel, dx += 2 * pixel, dy += pixel, y += pixel) {
      for (let c = 0; c < channels; c += 4) {
        const at: usize = 4 * c;
        const left = channels - c;
        const slope = v128.load(dy + at);
        const largest = v128.load(y + at);
        const first = f32x4.eq(v128.load(x + at), largest);
        const second = f32x4.eq(v128.load(x + at + pixel), largest);
        const third = f32x4.eq(v128.load(x + at + row), largest);
        const above = v128.or(first, second);
        put(dx + at, v128.and(slope, first), left);
        put(dx + at + pixel, v128.and(slope, v128.andnot(second, first)), left);
        put(dx + at + row, v128.and(slope, v128.andnot(third, above)), left);
        put(dx + at + row + pixel, v128.andnot(slope, v128.or(above, third)), left);
      }
    }
  }
}
