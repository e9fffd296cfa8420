import { put } from "./lanes";

/** Pixels that are done with eight outputs before the next eight are begun: their inputs stay in the cache. */
const CHUNK = 1024;

/** `x` [n, height, width, channels] with a border of `border` zeros around each picture. */
export function pad(x: usize, y: usize, n: i32, height: i32, width: i32, channels: i32, border: i32): void {
  const line = 4 * width * channels;
  const side = 4 * border * channels;
  const above = border * (line + 2 * side);
  for (let i = 0; i < n; i++) {
    memory.fill(y, 0, above);
    y += above;
    for (let row = 0; row < height; row++) {
      memory.fill(y, 0, side);
      memory.copy(y + side, x, line);
      memory.fill(y + side + line, 0, side);
      x += line;
      y += line + 2 * side;
    }
    memory.fill(y, 0, above);
    y += above;
  }
}

/**
 * A kernel [side, side, inputs, outputs] as `convolve` reads it: [outputs / 8, side, side, inputs, 8], zeros where there
 * are no more outputs.
 */
export function pack(kernel: usize, packed: usize, side: i32, inputs: i32, outputs: i32): void {
  for (let first = 0; first < outputs; first += 8) {
    for (let row = 0; row < side * side * inputs; row++) {
      for (let o = first; o < first + 8; o++, packed += 4) {
        store<f32>(packed, o < outputs ? load<f32>(kernel + 4 * (row * outputs + o)) : 0);
      }
    }
  }
}

/** The same of the kernel that takes a slope back to the inputs: rotated by 180°, inputs and outputs swapped. */
export function packRotated(kernel: usize, packed: usize, side: i32, inputs: i32, outputs: i32): void {
  for (let first = 0; first < inputs; first += 8) {
    for (let tap = side * side - 1; tap >= 0; tap--) {
      for (let o = 0; o < outputs; o++) {
        for (let i = first; i < first + 8; i++, packed += 4) {
          store<f32>(packed, i < inputs ? load<f32>(kernel + 4 * ((tap * inputs + i) * outputs + o)) : 0);
        }
      }
    }
  }
}

/**
 * Where the pixels of padded pictures begin that a kernel's first tap sees, as bytes from the first picture on: as many
 * as there are pixels, and the last again up to a multiple of four.
 */
export function pixelOffsets(at: usize, n: i32, height: i32, width: i32, channels: i32, side: i32): void {
  const row = 4 * (width + side - 1) * channels;
  let last = 0;
  const first = at;
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 4) {
        last = (i * (height + side - 1) + y) * row + 4 * x * channels;
        store<i32>(at, last);
      }
    }
  }
  for (; (at - first) % 16 !== 0; at += 4) store<i32>(at, last);
}

/**
 * Convolution of stride 1, four pixels and eight outputs at once: sixteen sums for each six values that are read.
 *
 * @param x padded pictures of that width (without the border); `offsets`: of their `count` pixels, by `pixelOffsets`
 * @param packed by `pack` or `packRotated`; `y`: [count rounded up to a multiple of four, outputs]
 */
export function convolve(
  x: usize,
  offsets: usize,
  packed: usize,
  y: usize,
  count: i32,
  width: i32,
  inputs: i32,
  outputs: i32,
  side: i32,
): void {
  const row: usize = 4 * (width + side - 1) * inputs;
  const along: usize = 4 * side * inputs;
  const step: usize = 4 * outputs;
  for (let chunk = 0; chunk < count; chunk += CHUNK) {
    const end = min(chunk + CHUNK, count);
    for (let first = 0; first < outputs; first += 8) {
      const kernel = packed + <usize>(first * side) * along;
      let into = y + <usize>chunk * step + 4 * <usize>first;
      for (let p = chunk; p < end; p += 4) {
        const at = offsets + 4 * <usize>p;
        const a = x + load<u32>(at);
        const b = x + load<u32>(at, 4);
        const c = x + load<u32>(at, 8);
        const d = x + load<u32>(at, 12);
        let a0 = f32x4.splat(0);
        let a1 = a0;
        let b0 = a0;
        let b1 = a0;
        let c0 = a0;
        let c1 = a0;
        let d0 = a0;
        let d1 = a0;
        let w = kernel;
        for (let line: usize = 0; line < <usize>side * row; line += row) {
          for (let k = line, stop = line + along; k < stop; k += 4, w += 32) {
            const w0 = v128.load(w);
            const w1 = v128.load(w, 16);
            const xa = v128.load32_splat(a + k);
            a0 = f32x4.add(a0, f32x4.mul(xa, w0));
            a1 = f32x4.add(a1, f32x4.mul(xa, w1));
            const xb = v128.load32_splat(b + k);
            b0 = f32x4.add(b0, f32x4.mul(xb, w0));
            b1 = f32x4.add(b1, f32x4.mul(xb, w1));
            const xc = v128.load32_splat(c + k);
            c0 = f32x4.add(c0, f32x4.mul(xc, w0));
            c1 = f32x4.add(c1, f32x4.mul(xc, w1));
            const xd = v128.load32_splat(d + k);
            d0 = f32x4.add(d0, f32x4.mul(xd, w0));
            d1 = f32x4.add(d1, f32x4.mul(xd, w1));
          }
        }
        const left = outputs - first;
        put(into, a0, left);
        put(into + step, b0, left);
        put(into + 2 * step, c0, left);
        put(into + 3 * step, d0, left);
        if (left > 4) {
          put(into + 16, a1, left - 4);
          put(into + step + 16, b1, left - 4);
          put(into + 2 * step + 16, c1, left - 4);
          put(into + 3 * step + 16, d1, left - 4);
        }
        into += 4 * step;
      }
    }
  }
}
