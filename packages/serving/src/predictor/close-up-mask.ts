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
  const [a, b, c, d, e, f] = CloseUp.invert(map);
  const [lastColumn, lastRow] = [size.width - 1, size.height - 1];
  for (let y = top; y <= bottom; y++) {
    const [by, ey] = [b * y, e * y];
    for (let x = left; x <= right; x++) {
      const u = a * x + by + c;
      const v = d * x + ey + f;
      if (u <= found.left || u >= found.right || v <= found.top || v >= found.bottom) continue;
      // Between pixel centres; beyond the outermost ones the edge goes on.
      const inU = u < 0 ? 0 : u > lastColumn ? lastColumn : u;
      const inV = v < 0 ? 0 : v > lastRow ? lastRow : v;
      const column = inU | 0;
      const row = inV | 0;
      const corner = row * size.width + column;
      const next = column < lastColumn ? 1 : 0;
      const under = corner + (row < lastRow ? size.width : 0);
      const share = inU - column;
      const high = probabilities[corner] + (probabilities[corner + next] - probabilities[corner]) * share;
      const low = probabilities[under] + (probabilities[under + next] - probabilities[under]) * share;
      const probability = high + (low - high) * (inV - row);
      if (probability >= threshold) canvas.put(x, y, probability);
    }
  }
  return canvas.done();
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
  let [left, right, top, bottom] = [width, -1, height, -1];
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
