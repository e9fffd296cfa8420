import { CloseUp, type Size } from "@sluice/core";
import { maskCanvas, type Segmentation } from "./canvas";

/**
 * A close-up's answer at the upright photo's size: each pixel of the photo that the close-up shows takes its
 * probability from there, bilinearly; all others are background.
 *
 * @param probabilities [size.height * size.width]; @param map from the close-up's pixels to the photo's
 */
export function segmentCloseUp(
  probabilities: Float32Array,
  size: Size,
  map: CloseUp.Affine,
  photo: Size,
  threshold: number,
): Segmentation {
  const canvas = maskCanvas(photo, threshold);
  const found = reaching(probabilities, size, threshold);
  if (!found) return canvas.done();
  const { left, right, top, bottom } = extent(map, found, photo);
  const toCloseUp = CloseUp.invert(map);
  const [, b, c, , e, f] = toCloseUp;
  const row = new Float32Array(Math.max(0, right - left + 1));
  for (let y = top; y <= bottom; y++) {
    const place = { u: b * y + c, v: e * y + f };
    const [start, end] = within(place, toCloseUp, found, left, right);
    if (start > end) continue;
    readRow(probabilities, size, place, toCloseUp, start, end, row);
    canvas.putRow(y, start, end + 1, row);
  }
  return canvas.done();
}

/** Where a row of the photo enters the close-up: of its column 0. */
interface Place {
  u: number;
  v: number;
}

/** The first and the last column from `left` to `right` that lie inside a part of the close-up. */
function within(
  { u, v }: Place,
  [a, , , d]: CloseUp.Affine,
  part: Extent,
  left: number,
  right: number,
): [start: number, end: number] {
  let [start, end] = [left, right];
  for (const [at, step, low, high] of [
    [u, a, part.left, part.right],
    [v, d, part.top, part.bottom],
  ]) {
    if (step === 0) {
      if (at <= low || at >= high) return [0, -1];
      continue;
    }
    const [one, other] = [(low - at) / step, (high - at) / step];
    start = Math.max(start, Math.floor(Math.min(one, other)) + 1);
    end = Math.min(end, Math.ceil(Math.max(one, other)) - 1);
  }
  return [start, end];
}

/** Between pixel centres; beyond the outermost ones the edge goes on. */
function readRow(
  probabilities: Float32Array,
  { width, height }: Size,
  { u, v }: Place,
  [a, , , d]: CloseUp.Affine,
  start: number,
  end: number,
  into: Float32Array,
): void {
  const [lastColumn, lastRow] = [width - 1, height - 1];
  for (let x = start; x <= end; x++) {
    const inU = Math.min(Math.max(a * x + u, 0), lastColumn);
    const inV = Math.min(Math.max(d * x + v, 0), lastRow);
    const column = inU | 0;
    const row = inV | 0;
    const corner = row * width + column;
    const next = column < lastColumn ? 1 : 0;
    const under = corner + (row < lastRow ? width : 0);
    const share = inU - column;
    const high = probabilities[corner] + (probabilities[corner + next] - probabilities[corner]) * share;
    const low = probabilities[under] + (probabilities[under + next] - probabilities[under]) * share;
    into[x - start] = high + (low - high) * (inV - row);
  }
}

interface Extent {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * The columns and rows of values that reach the threshold, and what lies between them and the next ones: a mean of
 * values below it is below it, too. Null where none reaches it.
 */
function reaching(values: Float32Array, { width, height }: Size, threshold: number): Extent | null {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      if (values[i] < threshold) continue;
      if (column < left) left = column;
      if (column > right) right = column;
      if (row < top) top = row;
      bottom = row;
    }
  }
  if (right < 0) return null;
  return {
    left: Math.max(left - 1, -0.5),
    right: Math.min(right + 1, width - 0.5),
    top: Math.max(top - 1, -0.5),
    bottom: Math.min(bottom + 1, height - 0.5),
  };
}

/** The rows and columns of the photo that a part of the close-up reaches. */
function extent([a, b, c, d, e, f]: CloseUp.Affine, part: Extent, photo: Size): Extent {
  const [u, v] = [
    [part.left, part.right],
    [part.top, part.bottom],
  ];
  const xs = u.flatMap((column) => v.map((row) => a * column + b * row + c));
  const ys = u.flatMap((column) => v.map((row) => d * column + e * row + f));
  return {
    left: Math.max(0, Math.floor(Math.min(...xs))),
    right: Math.min(photo.width - 1, Math.ceil(Math.max(...xs))),
    top: Math.max(0, Math.floor(Math.min(...ys))),
    bottom: Math.min(photo.height - 1, Math.ceil(Math.max(...ys))),
  };
}
