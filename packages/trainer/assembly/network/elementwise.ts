import { put } from "./lanes";

/** `sum` = `x` + `y`. @param count of float32; here and below, up to the next four are written */
export function add(x: usize, y: usize, sum: usize, count: i32): void {
  for (const end = x + 4 * <usize>count; x < end; x += 16, y += 16, sum += 16) {
    v128.store(sum, f32x4.add(v128.load(x), v128.load(y)));
  }
}

/** `dx` = `dy` where `y` is over zero, else 0. */
export function reluGradient(dy: usize, y: usize, dx: usize, count: i32): void {
  for (const end = dy + 4 * <usize>count; dy < end; dy += 16, y += 16, dx += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), f32x4.splat(0))));
  }
}

/** `y` = `x` [rows, channels] + `bias` [channels]. */
export function addBias(x: usize, bias: usize, y: usize, rows: i32, channels: i32): void {
  const step: usize = 4 * channels;
  for (const end = x + <usize>rows * step; x < end; x += step, y += step) {
    for (let c: usize = 0; c < step; c += 16) {
      v128.store(y + c, f32x4.add(v128.load(x + c), v128.load(bias + c)));
    }
  }
}

/** From rows of `xLong` channels into rows of `yLong`: the first `channels` of each. */
export function copyChannels(x: usize, y: usize, rows: i32, channels: i32, xLong: i32, yLong: i32): void {
  for (let row = 0; row < rows; row++, x += 4 * xLong, y += 4 * yLong) {
    for (let c = 0; c < channels; c += 4) put(y + 4 * c, v128.load(x + 4 * c), channels - c);
  }
}
