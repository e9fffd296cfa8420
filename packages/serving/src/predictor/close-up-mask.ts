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
  const { left, right, top, bottom } = extent(map, size, photo);
  const [a, b, c, d, e, f] = CloseUp.invert(map);
  const at = bilinear(probabilities, size);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const u = a * x + b * y + c;
      const v = d * x + e * y + f;
      if (u > -0.5 && v > -0.5 && u < size.width - 0.5 && v < size.height - 0.5) canvas.put(x, y, at(u, v));
    }
  }
  return canvas.done();
}

/** The rows and columns of the photo that the close-up reaches. */
function extent([a, b, c, d, e, f]: CloseUp.Affine, { width, height }: Size, photo: Size) {
  const [u, v] = [
    [-0.5, width - 0.5],
    [-0.5, height - 0.5],
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

/** Reads between pixel centres; beyond the outermost ones the edge goes on. */
function bilinear(values: Float32Array, { width, height }: Size): (x: number, y: number) => number {
  return (x, y) => {
    const u = Math.min(Math.max(x, 0), width - 1);
    const v = Math.min(Math.max(y, 0), height - 1);
    const [left, top] = [u | 0, v | 0];
    const right = left < width - 1 ? 1 : 0;
    const below = top < height - 1 ? width : 0;
    const corner = top * width + left;
    const above = values[corner] + (values[corner + right] - values[corner]) * (u - left);
    const under =
      values[corner + below] + (values[corner + below + right] - values[corner + below]) * (u - left);
    return above + (under - above) * (v - top);
  };
}
