import { type Box, boxAround, type Size } from "../box";

/**
 * How far the boundaries of two masks lie apart: the distance from each boundary pixel of either to the nearest one of
 * the other, averaged over all of them (average symmetric surface distance; Heimann et al. 2009, section III). A
 * boundary pixel is foreground with a side on the background or on the edge of the picture.
 *
 * @param predicted,truth [height * width] uint8, non-zero is foreground
 * @returns px; 0 when both are empty, null when only one is
 */
export function boundaryDistance(predicted: Uint8Array, truth: Uint8Array, size: Size): number | null {
  const box = boxAround(predicted, truth, size);
  if (!box) return 0;
  const a = boundary(predicted, size, box);
  const b = boundary(truth, size, box);
  if (a.length === 0 || b.length === 0) return null;
  return (sumOfDistances(a, b, box) + sumOfDistances(b, a, box)) / (a.length + b.length);
}

/** The boundary pixels' places in the box, row by row. */
function boundary(mask: Uint8Array, { width, height }: Size, box: Box): number[] {
  const places: number[] = [];
  for (let row = 0; row < box.height; row++) {
    for (let column = 0; column < box.width; column++) {
      const [x, y] = [column + box.left, row + box.top];
      const at = y * width + x;
      if (!mask[at]) continue;
      const isInner =
        x > 0 &&
        x < width - 1 &&
        y > 0 &&
        y < height - 1 &&
        mask[at - 1] &&
        mask[at + 1] &&
        mask[at - width] &&
        mask[at + width];
      if (!isInner) places.push(row * box.width + column);
    }
  }
  return places;
}

/**
 * From each place to the nearest target, exactly: distances along the columns, then the lower envelope of a row's
 * parabolas (Felzenszwalb & Huttenlocher 2012), only in the rows that are asked for.
 *
 * @param from,targets in the box, ascending; targets not empty
 */
function sumOfDistances(
  from: readonly number[],
  targets: readonly number[],
  { width, height }: Size,
): number {
  const down = columnDistances(targets, { width, height });
  const columns = new Int32Array(width);
  const starts = new Float64Array(width);
  let total = 0;
  for (let next = 0; next < from.length; ) {
    const row = Math.floor(from[next] / width);
    const last = envelope(row);
    for (let k = 0; next < from.length && from[next] < (row + 1) * width; next++) {
      const x = from[next] - row * width;
      while (k < last && starts[k + 1] < x) k++;
      total += Math.hypot(x - columns[k], down[row * width + columns[k]]);
    }
  }
  return total;

  /** Which column's target is nearest from where on. @returns the last one's index */
  function envelope(row: number): number {
    let last = -1;
    for (let x = 0; x < width; x++) {
      const height = lifted(x);
      if (height === null) continue;
      let start = Number.NEGATIVE_INFINITY;
      for (; last >= 0; last--) {
        const before = columns[last];
        start = (height - (lifted(before) ?? 0)) / (2 * (x - before));
        if (start > starts[last]) break;
        start = Number.NEGATIVE_INFINITY;
      }
      columns[++last] = x;
      starts[last] = start;
    }
    return last;

    function lifted(x: number): number | null {
      const distance = down[row * width + x];
      return distance < 0 ? null : distance * distance + x * x;
    }
  }
}

/** From each pixel to the nearest target in its own column; -1 where the column has none. */
function columnDistances(targets: readonly number[], { width, height }: Size): Int32Array {
  const out = new Int32Array(width * height).fill(-1);
  for (const at of targets) out[at] = 0;
  for (let at = width; at < out.length; at++) {
    if (out[at] < 0 && out[at - width] >= 0) out[at] = out[at - width] + 1;
  }
  for (let at = out.length - width - 1; at >= 0; at--) {
    const below = out[at + width];
    if (below >= 0 && (out[at] < 0 || out[at] > below + 1)) out[at] = below + 1;
  }
  return out;
}
