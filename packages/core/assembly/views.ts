/**
 * Another view of a picture: its pixels in another order.
 *
 * @param picture [height * width, 3] uint8, and a byte more that may be read
 * @param first which pixel comes first; `perColumn` and `perRow` lead from it to those of the next column and row
 * @param out [height, width, 3] uint8, and a byte more that may be written
 */
export function takeView(
  picture: usize,
  width: i32,
  height: i32,
  first: i32,
  perColumn: i32,
  perRow: i32,
  out: usize,
): void {
  for (let row = 0; row < height; row++) {
    let from = picture + 3 * (first + row * perRow);
    for (let column = 0; column < width; column++, from += 3 * perColumn, out += 3) {
      store<u32>(out, load<u32>(from)); // the fourth byte is overwritten by the next pixel's first
    }
  }
}

/**
 * Adds what was found in a view where it belongs.
 *
 * @param found [height, width] float32
 * @param sum [height * width] float32, in the picture's own order
 */
export function addView(
  found: usize,
  width: i32,
  height: i32,
  first: i32,
  perColumn: i32,
  perRow: i32,
  weight: f32,
  sum: usize,
): void {
  for (let row = 0; row < height; row++) {
    let to = sum + 4 * (first + row * perRow);
    for (let column = 0; column < width; column++, to += 4 * perColumn, found += 4) {
      store<f32>(to, load<f32>(to) + weight * load<f32>(found));
    }
  }
}
