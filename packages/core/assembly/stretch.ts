import { storePixel } from "./pixel";

/**
 * A picture at another size, by weighted sums of its rows and then of what those leave of each column.
 *
 * Along each side every pixel of the result has a first pixel and `taps` weights, of it and of those after it; weights
 * of what lies beyond the picture are 0, and those pixels' memory may be read.
 *
 * @param data [height, width, channels] uint8, and (`rowTaps` - 1) rows and 16 bytes more
 * @param firstRows [rows] int32
 * @param rowWeights [rows, rowTaps] int16 that sum to 2^14; `rowTaps` is even
 * @param firstColumns [columns] int32
 * @param columnWeights [columns, columnTaps] float32 that sum to 2^-14
 * @param line room for (`width` + `columnTaps`) * `channels` float32, and 16 more; all zero
 * @param out [rows, columns, channels] uint8, and three bytes more that may be written
 */
export function stretch(
  data: usize,
  width: i32,
  channels: i32,
  rows: i32,
  firstRows: usize,
  rowWeights: usize,
  rowTaps: i32,
  columns: i32,
  firstColumns: usize,
  columnWeights: usize,
  columnTaps: i32,
  line: usize,
  out: usize,
): void {
  const stride = channels * width;
  for (let row = 0; row < rows; row++) {
    sumRows(data + load<i32>(firstRows) * stride, stride, rowWeights, rowTaps, line);
    firstRows += 4;
    rowWeights += 2 * rowTaps;
    out = sumColumns(line, channels, columns, firstColumns, columnWeights, columnTaps, out);
  }
}

/** Sixteen bytes of a row at a time, two rows at once. */
function sumRows(from: usize, stride: i32, weights: usize, taps: i32, into: usize): void {
  for (let at = 0; at < stride; at += 16, into += 64) {
    let sum0 = i32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let row = from + at;
    for (let tap = 0; tap < taps; tap += 2, row += 2 * stride) {
      const upper = v128.load(row);
      const lower = v128.load(row + stride);
      const weight = v128.load32_splat(weights + 2 * tap);
      const low = i8x16.shuffle(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const high = i8x16.shuffle(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), weight));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), weight));
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), weight));
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), weight));
    }
    v128.store(into, f32x4.convert_i32x4_s(sum0));
    v128.store(into, f32x4.convert_i32x4_s(sum1), 16);
    v128.store(into, f32x4.convert_i32x4_s(sum2), 32);
    v128.store(into, f32x4.convert_i32x4_s(sum3), 48);
  }
}

/** @returns where the next row begins */
function sumColumns(
  line: usize,
  channels: i32,
  columns: i32,
  firsts: usize,
  weights: usize,
  taps: i32,
  out: usize,
): usize {
  const pixel = 4 * channels;
  const half = f32x4.splat(0.5);
  for (let column = 0; column < columns; column++) {
    let from = line + pixel * load<i32>(firsts + 4 * column);
    let sum = half;
    for (let tap = 0; tap < taps; tap++, from += pixel, weights += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(from), v128.load32_splat(weights)));
    }
    storePixel(out, i32x4.trunc_sat_f32x4_s(sum));
    out += channels;
  }
  return out;
}
