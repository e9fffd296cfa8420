/** Bilinear with half-pixel centres, to twice the side (ONNX Resize `linear` `half_pixel`). @param x [n, height, width, channels] */
export function upsample(x: usize, y: usize, n: i32, height: i32, width: i32, channels: i32): void {
  const pixel: usize = 4 * channels;
  const row = <usize>width * pixel;
  for (let i = 0; i < n; i++, x += <usize>height * row) {
    for (let line = 0; line < 2 * height; line++) {
      const near = x + <usize>(line >> 1) * row;
      const far = x + <usize>neighbour(line, height) * row;
      for (let column = 0; column < 2 * width; column++, y += pixel) {
        const here = <usize>(column >> 1) * pixel;
        const beside = <usize>neighbour(column, width) * pixel;
        for (let c: usize = 0; c < pixel; c += 16) {
          const close = between(v128.load(near + here + c), v128.load(near + beside + c));
          const distant = between(v128.load(far + here + c), v128.load(far + beside + c));
          v128.store(y + c, between(close, distant));
        }
      }
    }
  }
}

/** The second nearest pixel to one of twice as many; at the edge, the nearest. */
function neighbour(upsampled: i32, count: i32): i32 {
  const pixel = (upsampled >> 1) + ((upsampled & 1) === 1 ? 1 : -1);
  return max(0, min(pixel, count - 1));
}

function between(near: v128, far: v128): v128 {
  return f32x4.add(f32x4.mul(near, f32x4.splat(0.75)), f32x4.mul(far, f32x4.splat(0.25)));
}

/**
 * What the four upsampled pixels around a pixel took of it, along both axes. At an edge the outermost pixel was taken twice:
 * the outermost slope is repeated.
 *
 * @param dy [n, 2 * height, 2 * width, channels]; `dx`: [n, height, width, channels]
 */
export function upsampleGradient(dy: usize, dx: usize, n: i32, height: i32, width: i32, channels: i32): void {
  const pixel: usize = 4 * channels;
  const row = <usize>(2 * width) * pixel;
  for (let i = 0; i < n; i++, dy += <usize>(2 * height) * row) {
    for (let line = 0; line < height; line++) {
      const a = dy + <usize>max(0, 2 * line - 1) * row;
      const b = dy + <usize>(2 * line) * row;
      const d = dy + <usize>min(2 * line + 2, 2 * height - 1) * row;
      for (let column = 0; column < width; column++, dx += pixel) {
        const left = <usize>max(0, 2 * column - 1) * pixel;
        const here = <usize>(2 * column) * pixel;
        const right = <usize>min(2 * column + 2, 2 * width - 1) * pixel;
        for (let c: usize = 0; c < pixel; c += 16) {
          const outer = f32x4.add(
            across(a + c, left, here, right, pixel),
            across(d + c, left, here, right, pixel),
          );
          const inner = f32x4.add(
            across(b + c, left, here, right, pixel),
            across(b + row + c, left, here, right, pixel),
          );
          v128.store(dx + c, between(inner, outer));
        }
      }
    }
  }
}

function across(line: usize, left: usize, here: usize, right: usize, pixel: usize): v128 {
  const inner = f32x4.add(v128.load(line + here), v128.load(line + here + pixel));
  return between(inner, f32x4.add(v128.load(line + left), v128.load(line + right)));
}
