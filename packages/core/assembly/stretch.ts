import { storePixel } from "./pixel";

// Rows are summed up by weights that make up 2^14 and kept as multiples of 1/64, which the 16-bit products of SIMD take
// again for the columns.
const KEPT_BITS: i32 = 6;

/**
 * A picture at another size, by weighted sums of its rows and then of what those leave of each column.
 *
 * Along each side every pixel of the result has a first pixel and `taps` weights, of it and of those after it; weights
 * of what lies beyond the picture are 0, and those pixels' memory may be read. Taps are even, weights int16 that sum to
 * 2^14.
 *
 * @param data [height, width, channels] uint8, and (`rowTaps` - 1) rows and 16 bytes more
 * @param firstRows [rows] int32; `rowWeights`: [rows, rowTaps]
 * @param firstColumns [columns] int32; `columnWeights`: [columns, columnTaps]
 * @param line room for (`width` + `columnTaps`) * `channels` int16, and 16 more
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
    if (channels === 3) sumColours(line, columns, firstColumns, columnWeights, columnTaps, out);
    else sumGreys(line, columns, firstColumns, columnWeights, columnTaps, out);
    out += channels * columns;
  }
}

/** Sixteen bytes of a row at a time, two rows at once. */
function sumRows(from: usize, stride: i32, weights: usize, taps: i32, into: usize): void {
  const half = i32x4.splat(1 << (13 - KEPT_BITS));
  for (let at = 0; at < stride; at += 16, into += 32) {
    let sum0 = half;
    let sum1 = half;
    let sum2 = half;
    let sum3 = half;
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
    v128.store(into, inSixteenBits(sum0, sum1));
    v128.store(into, inSixteenBits(sum2, sum3), 16);
  }
}

function inSixteenBits(low: v128, high: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, 14 - KEPT_BITS), i32x4.shr_s(high, 14 - KEPT_BITS));
}

/** Two neighbouring pixels' colours as pairs: both reds, both greens, both blues. */
function sumColours(line: usize, columns: i32, firsts: usize, weights: usize, taps: i32, out: usize): void {
  const half = i32x4.splat(1 << (13 + KEPT_BITS));
  const pairs = i8x16(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1);
  for (let column = 0; column < columns; column++, firsts += 4, out += 3) {
    let from = line + 6 * load<i32>(firsts);
    let sum = half;
    for (const end = weights + 2 * taps; weights < end; weights += 4, from += 12) {
      const pixels = i8x16.swizzle(v128.load(from), pairs);
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(pixels, v128.load32_splat(weights)));
    }
    storePixel(out, i32x4.shr_s(sum, 14 + KEPT_BITS));
  }
}

function sumGreys(line: usize, columns: i32, firsts: usize, weights: usize, taps: i32, out: usize): void {
  for (let column = 0; column < columns; column++, firsts += 4, out++) {
    let from = line + 2 * load<i32>(firsts);
    let sum = 1 << (13 + KEPT_BITS);
    for (const end = weights + 2 * taps; weights < end; weights += 2, from += 2) {
      sum += load<i16>(from) * load<i16>(weights);
    }
    store<u8>(out, <u8>(sum >> (14 + KEPT_BITS)));
  }
}
