import type { Size } from "@sluice/core";
import { canvas, type Segmentation } from "./canvas";

/** Where each output pixel's centre lies between two input pixels (half-pixel centres, edges repeated). */
function taps(from: number, to: number) {
  const low = new Uint32Array(to);
  const high = new Uint32Array(to);
  const share = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(from - 1, low[i] + 1);
    share[i] = at - low[i];
  }
  return { low, high, share };
}

/**
 * A network's answer over the whole photo, at the upright photo's size: probabilities → bilinear resize → threshold.
 *
 * @param probabilities [size.height * size.width], one photo's
 * @param threshold probability from which a pixel belongs to the window
 */
export function segment(
  probabilities: Float32Array,
  size: Size,
  photo: Size,
  threshold: number,
): Segmentation {
  const rowPeaks = peaks(probabilities, size);
  const across = taps(size.width, photo.width);
  const down = taps(size.height, photo.height);
  const stretched = rowStretcher(probabilities, size.width, across);
  const found = canvas(photo, threshold);
  const between = new Float32Array(photo.width);
  for (let y = 0; y < photo.height; y++) {
    const [low, high, share] = [down.low[y], down.high[y], down.share[y]];
    // A mean of values below the threshold is below it too: most rows of most photos end here.
    if (rowPeaks[low] < threshold && rowPeaks[high] < threshold) continue;
    const above = stretched(low);
    const below = stretched(high);
    for (let x = 0; x < photo.width; x++) between[x] = above[x] + (below[x] - above[x]) * share;
    found.putRow(y, 0, photo.width, between);
  }
  return found.done();
}

/** The largest probability of each row. */
function peaks(probabilities: Float32Array, { width, height }: Size): Float32Array {
  const out = new Float32Array(height);
  for (let y = 0; y < height; y++) {
    for (let i = y * width; i < (y + 1) * width; i++)
      if (probabilities[i] > out[y]) out[y] = probabilities[i];
  }
  return out;
}

/** Rows stretched to the photo's width, each computed once: output rows ask for them in order, two at a time. */
function rowStretcher(
  probabilities: Float32Array,
  width: number,
  { low, high, share }: ReturnType<typeof taps>,
) {
  const buffers = [0, 1].map(() => ({ y: -1, row: new Float32Array(low.length) }));
  return (y: number): Float32Array => {
    const slot = buffers[y % 2];
    if (slot.y === y) return slot.row;
    slot.y = y;
    for (let x = 0; x < low.length; x++) {
      const a = probabilities[y * width + low[x]];
      slot.row[x] = a + (probabilities[y * width + high[x]] - a) * share[x];
    }
    return slot.row;
  };
}
