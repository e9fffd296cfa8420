/**
 * Rows of a picture that are done with every weight before the next: they stay in the cache, and are summed up by
 * themselves, for a long sum in float32 loses what is small.
 */
const ROWS = 8;

/**
 * The slope of a convolution's kernel, four inputs and eight outputs at once.
 *
 * @param x pictures [n, height, width, inputs] padded for a kernel of that side; `dy`: [n, height, width, outputs]
 * @param sums zeros, [side, side * inputs rounded up to 4, outputs rounded up to 8]: the slope, and nothing of meaning
 *   where it was rounded up
 *
 * Reads up to 28 bytes beyond `x` and `dy`.
 */
export function kernelGradient(
  x: usize,
  dy: usize,
  sums: usize,
  n: i32,
  height: i32,
  width: i32,
  inputs: i32,
  outputs: i32,
  side: i32,
): void {
  const pixel: usize = 4 * inputs;
  const row = <usize>(width + side - 1) * pixel;
  const along = <usize>side * pixel;
  const step: usize = 4 * outputs;
  const wide: usize = 32 * ((outputs + 7) / 8);
  const border = row - <usize>width * pixel;
  for (let i = 0; i < n; i++) {
    for (let above = 0; above < height; above += ROWS) {
      const rows = min(ROWS, height - above);
      const picture = x + <usize>(i * (height + side - 1) + above) * row;
      const slopes = dy + <usize>((i * height + above) * width) * step;
      let sum = sums;
      for (let line: usize = 0; line < <usize>side * row; line += row) {
        for (let k = line; k < line + along; k += 16, sum += 3 * wide) {
          for (let o: usize = 0; o < wide; o += 32, sum += 32) {
            const a = sum;
            const b = a + wide;
            const c = b + wide;
            const d = c + wide;
            let a0 = f32x4.splat(0);
            let a1 = a0;
            let b0 = a0;
            let b1 = a0;
            let c0 = a0;
            let c1 = a0;
            let d0 = a0;
            let d1 = a0;
            let from = picture + k;
            let slope = slopes + o;
            for (let r = 0; r < rows; r++, from += border) {
              for (const end = from + row - border; from < end; from += pixel, slope += step) {
                const s0 = v128.load(slope);
                const s1 = v128.load(slope, 16);
                const xa = v128.load32_splat(from);
                a0 = f32x4.add(a0, f32x4.mul(xa, s0));
                a1 = f32x4.add(a1, f32x4.mul(xa, s1));
                const xb = v128.load32_splat(from, 4);
                b0 = f32x4.add(b0, f32x4.mul(xb, s0));
                b1 = f32x4.add(b1, f32x4.mul(xb, s1));
                const xc = v128.load32_splat(from, 8);
                c0 = f32x4.add(c0, f32x4.mul(xc, s0));
                c1 = f32x4.add(c1, f32x4.mul(xc, s1));
                const xd = v128.load32_splat(from, 12);
                d0 = f32x4.add(d0, f32x4.mul(xd, s0));
                d1 = f32x4.add(d1, f32x4.mul(xd, s1));
              }
            }
            v128.store(a, f32x4.add(v128.load(a), a0));
            v128.store(a, f32x4.add(v128.load(a, 16), a1), 16);
            v128.store(b, f32x4.add(v128.load(b), b0));
            v128.store(b, f32x4.add(v128.load(b, 16), b1), 16);
            v128.store(c, f32x4.add(v128.load(c), c0));
            v128.store(c, f32x4.add(v128.load(c, 16), c1), 16);
            v128.store(d, f32x4.add(v128.load(d), d0));
            v128.store(d, f32x4.add(v128.load(d, 16), d1), 16);
          }
        }
      }
    }
  }
}

/** What `kernelGradient` found, [side, side, inputs, outputs]. */
export function unpack(sums: usize, slope: usize, side: i32, inputs: i32, outputs: i32): void {
  const wide = 32 * ((outputs + 7) / 8);
  const rows = side * inputs;
  for (let line = 0; line < side; line++) {
    for (let row = 0; row < rows; row++, sums += wide, slope += 4 * outputs) {
      memory.copy(slope, sums, 4 * outputs);
    }
    sums += wide * (((rows + 3) & ~3) - rows);
  }
}
