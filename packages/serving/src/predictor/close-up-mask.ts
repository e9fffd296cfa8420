import { CloseUp, type Size } from "@sluice/core";
import { canvas, type Segmentation } from "./canvas";

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
  const segmented = canvas(photo, threshold);
  const found = reaching(probabilities, size, threshold);
  if (!found) return segmented.done();
  const { left, right, top, bottom } = extent(map, found, photo);
  const toCloseUp = CloseUp.invert(map);
  const [a, b, c, d, e, f] = toCloseUp;
  const row = new Float32Array(Math.max(0, right - left + 1));
  for (let y = top; y <= bottom; y++) {
    const u = b * y + c;
    const v = e * y + f;
    const start = Math.max(
      left,
      firstAfter(u, a, found.left, found.right),
      firstAfter(v, d, found.top, found.bottom),
    );
    const end = Math.min(
      right,
      lastBefore(u, a, found.left, found.right),
      lastBefore(v, d, found.top, found.bottom),
    );
    if (start > end) continue;
    readRow(probabilities, size, { u, v }, toCloseUp, start, end, row);
    segmented.putRow(y, start, end + 1, row);
  }
  return segmented.done();
}

/** Where a row of the photo enters the close-up: of its column 0. */
interface Place {
  u: number;
  v: number;
}

/** The first column x whose `at + x * step` lies between `low` and `high`. */
function firstAfter(at: number, step: number, low: number, high: number): number {
  if (step === 0) return at > low && at < high ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Math.floor(((step > 0 ? low : high) - at) / step) + 1;
}

/** The last one. */
function lastBefore(at: number, step: number, low: number, high: number): number {
  if (step === 0) return at > low && at < high ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return Math.ceil(((step > 0 ? high : low) - at) / step) - 1;
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
