import { storePixel } from "./pixel";

// Pictures are sampled bilinearly at multiples of 1/128 px, so that a weight is a whole number up to 2^14, which the
// 16-bit products of SIMD take. A sample is where its top left pixel lies, the weights of the upper two pixels (the
// right one's in the high half), and those of the lower two: twelve bytes.
const SAMPLE_BYTES: i32 = 12;

/** A number below 2^23 with this added shows itself, rounded, in its low bits. */
const ROUNDED: f32 = 8388608;

/**
 * A part of a picture at another size: each pixel the mean of `across * down` samples.
 *
 * @param data [height, width, channels] uint8; one row and 8 bytes after it are read, too, and count nothing
 * @param samples room for those of one row of the result and 3 more
 * @param out [rows, columns, channels] uint8, and a byte more that may be written
 * @param x0 the first sample's place, px; `xi` and `yi` lead to the next in its row, `xj` and `yj` to the next row's
 */
export function sample(
  data: usize,
  width: i32,
  height: i32,
  channels: i32,
  samples: usize,
  out: usize,
  columns: i32,
  rows: i32,
  across: i32,
  down: i32,
  x0: f64,
  y0: f64,
  xi: f64,
  yi: f64,
  xj: f64,
  yj: f64,
): void {
  const inRow = across * columns;
  const share = <f32>(1.0 / (<f64>(128 * 128) * <f64>(across * down)));
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < down; j++) {
      const step = <f64>(row * down + j);
      const x = <f32>(x0 + step * xj);
      const y = <f32>(y0 + step * yj);
      place(data, width, height, channels, samples + SAMPLE_BYTES * inRow * j, inRow, x, y, <f32>xi, <f32>yi);
    }
    if (channels === 3 && down * across === 1) colour(samples, 3 * width, out, columns);
    else if (channels === 3) colours(samples, 3 * width, out, columns, across, down, share);
    else greys(samples, width, out, columns, across, down, share);
    out += channels * columns;
  }
}

/** Where `count` samples lie, four at a time; beyond the picture's edges its outermost pixels go on. */
function place(
  data: usize,
  width: i32,
  height: i32,
  channels: i32,
  into: usize,
  count: i32,
  x: f32,
  y: f32,
  xi: f32,
  yi: f32,
): void {
  const zero = f32x4.splat(0);
  const lastX = f32x4.splat(<f32>(width - 1));
  const lastY = f32x4.splat(<f32>(height - 1));
  const part = i32x4.splat(127);
  const whole = i32x4.splat(128);
  const stride = i32x4.splat(channels * width);
  const perPixel = i32x4.splat(channels);
  const first = i32x4.splat(<i32>data);
  const four = f32x4.splat(4);
  let index = f32x4(0, 1, 2, 3);
  for (let i = 0; i < count; i += 4, index = f32x4.add(index, four)) {
    const px = inParts(f32x4.add(f32x4.splat(x), f32x4.mul(index, f32x4.splat(xi))), zero, lastX);
    const py = inParts(f32x4.add(f32x4.splat(y), f32x4.mul(index, f32x4.splat(yi))), zero, lastY);
    const row = i32x4.mul(i32x4.shr_u(py, 7), stride);
    const at = i32x4.add(first, i32x4.add(row, i32x4.mul(i32x4.shr_u(px, 7), perPixel)));
    const right = v128.and(px, part);
    const lower = v128.and(py, part);
    const upper = i32x4.sub(whole, lower);
    const upperRight = i16x8.mul(right, upper);
    const lowerRight = i16x8.mul(right, lower);
    const uppers = v128.or(i32x4.sub(i32x4.shl(upper, 7), upperRight), i32x4.shl(upperRight, 16));
    const lowers = v128.or(i32x4.sub(i32x4.shl(lower, 7), lowerRight), i32x4.shl(lowerRight, 16));
    put(into, at, uppers, lowers);
    into += 4 * SAMPLE_BYTES;
  }
}

/** 1/128 px from the picture's first pixel's centre. */
function inParts(position: v128, zero: v128, last: v128): v128 {
  const inside = f32x4.pmin(last, f32x4.pmax(zero, position));
  const rounded = f32x4.add(f32x4.mul(inside, f32x4.splat(128)), f32x4.splat(ROUNDED));
  return v128.and(rounded, i32x4.splat(0x7fffff));
}

function put(into: usize, at: v128, uppers: v128, lowers: v128): void {
  v128.store32_lane(into, at, 0);
  v128.store32_lane(into, uppers, 0, 4);
  v128.store32_lane(into, lowers, 0, 8);
  v128.store32_lane(into, at, 1, 12);
  v128.store32_lane(into, uppers, 1, 16);
  v128.store32_lane(into, lowers, 1, 20);
  v128.store32_lane(into, at, 2, 24);
  v128.store32_lane(into, uppers, 2, 28);
  v128.store32_lane(into, lowers, 2, 32);
  v128.store32_lane(into, at, 3, 36);
  v128.store32_lane(into, uppers, 3, 40);
  v128.store32_lane(into, lowers, 3, 44);
}

function colours(
  samples: usize,
  stride: i32,
  out: usize,
  columns: i32,
  across: i32,
  down: i32,
  share: f32,
): void {
  const perRow = SAMPLE_BYTES * across * columns;
  const shares = f32x4.splat(share);
  const half = f32x4.splat(0.5);
  for (let column = 0; column < columns; column++, out += 3) {
    let sum = f32x4.splat(0);
    for (let j = 0; j < down; j++) {
      let from = samples + j * perRow + SAMPLE_BYTES * across * column;
      let inRow = i32x4.splat(0);
      for (let i = 0; i < across; i++, from += SAMPLE_BYTES) {
        const at = <usize>load<i32>(from);
        inRow = i32x4.add(inRow, i32x4.dot_i16x8_s(pairs(at), v128.load32_splat(from, 4)));
        inRow = i32x4.add(inRow, i32x4.dot_i16x8_s(pairs(at + stride), v128.load32_splat(from, 8)));
      }
      sum = f32x4.add(sum, f32x4.convert_i32x4_s(inRow));
    }
    storePixel(out, i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(sum, shares), half)));
  }
}

/** One sample for each pixel. */
function colour(samples: usize, stride: i32, out: usize, columns: i32): void {
  const half = i32x4.splat(1 << 13);
  for (let column = 0; column < columns; column++, out += 3, samples += SAMPLE_BYTES) {
    const at = <usize>load<i32>(samples);
    const upper = i32x4.dot_i16x8_s(pairs(at), v128.load32_splat(samples, 4));
    const lower = i32x4.dot_i16x8_s(pairs(at + stride), v128.load32_splat(samples, 8));
    storePixel(out, i32x4.shr_u(i32x4.add(i32x4.add(upper, lower), half), 14));
  }
}

/** Two neighbouring pixels' bytes as 16-bit pairs: both reds, both greens, both blues. */
function pairs(at: usize): v128 {
  const order = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  return i8x16.swizzle(v128.load64_zero(at), order);
}

function greys(
  samples: usize,
  stride: i32,
  out: usize,
  columns: i32,
  across: i32,
  down: i32,
  share: f32,
): void {
  const perRow = SAMPLE_BYTES * across * columns;
  for (let column = 0; column < columns; column++, out++) {
    let sum: f32 = 0;
    for (let j = 0; j < down; j++) {
      let from = samples + j * perRow + SAMPLE_BYTES * across * column;
      let inRow = 0;
      for (let i = 0; i < across; i++, from += SAMPLE_BYTES) {
        const at = <usize>load<i32>(from);
        inRow += load<u8>(at) * load<u16>(from, 4) + load<u8>(at, 1) * load<u16>(from, 6);
        inRow += load<u8>(at + stride) * load<u16>(from, 8) + load<u8>(at + stride, 1) * load<u16>(from, 10);
      }
      sum += <f32>inRow;
    }
    store<u8>(out, <u8>(sum * share + 0.5));
  }
}
