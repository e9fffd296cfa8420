export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Segmentation {
  width: number;
  height: number;
  /** [height * width], 0 or 1. */
  mask: Uint8Array;
  /** The smallest box around the mask, px; null when the mask is empty. */
  box: Box | null;
  areaPx: number;
  /** Mean probability inside the mask, 0..1; 0 when it is empty. */
  confidence: number;
}

/** Logits to probabilities; a new array. */
function sigmoid(logits: Float32Array): Float32Array {
  const out = new Float32Array(logits.length);
  for (let i = 0; i < out.length; i++) out[i] = 1 / (1 + Math.exp(-logits[i]));
  return out;
}

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
 * The model's answer at the upright photo's size: logits → probabilities → bilinear resize → threshold. Serving,
 * evaluation and the trainer's own masks all come here.
 *
 * @param logits [size * size], one photo's
 * @param threshold probability from which a pixel belongs to the window
 */
export function segment(
  logits: Float32Array,
  size: number,
  { width, height }: { width: number; height: number },
  threshold: number,
): Segmentation {
  const probabilities = sigmoid(logits);
  const rowPeaks = peaks(probabilities, size);
  const across = taps(size, width);
  const down = taps(size, height);
  const stretched = rowStretcher(probabilities, size, across);
  const mask = new Uint8Array(width * height);
  let areaPx = 0;
  let total = 0;
  let [left, right, top, bottom] = [width, -1, height, -1];

  for (let y = 0; y < height; y++) {
    const [low, high, share] = [down.low[y], down.high[y], down.share[y]];
    // A mean of values below the threshold is below it too: most rows of most photos end here.
    if (rowPeaks[low] < threshold && rowPeaks[high] < threshold) continue;
    const above = stretched(low);
    const below = stretched(high);
    const row = y * width;
    const before = areaPx;
    for (let x = 0; x < width; x++) {
      const p = above[x] + (below[x] - above[x]) * share;
      if (p < threshold) continue;
      mask[row + x] = 1;
      areaPx++;
      total += p;
      if (x < left) left = x;
      if (x > right) right = x;
    }
    if (areaPx === before) continue;
    if (y < top) top = y;
    bottom = y;
  }
  const box = areaPx === 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
  return { width, height, mask, box, areaPx, confidence: areaPx === 0 ? 0 : Math.min(1, total / areaPx) };
}

/** The largest probability of each row. */
function peaks(probabilities: Float32Array, size: number): Float32Array {
  const out = new Float32Array(size);
  for (let y = 0; y < size; y++) {
    for (let i = y * size; i < (y + 1) * size; i++) if (probabilities[i] > out[y]) out[y] = probabilities[i];
  }
  return out;
}

/** Rows stretched to the photo's width, each computed once: output rows ask for them in order, two at a time. */
function rowStretcher(
  probabilities: Float32Array,
  size: number,
  { low, high, share }: ReturnType<typeof taps>,
) {
  const buffers = [0, 1].map(() => ({ y: -1, row: new Float32Array(low.length) }));
  return (y: number): Float32Array => {
    const slot = buffers[y % 2];
    if (slot.y === y) return slot.row;
    slot.y = y;
    for (let x = 0; x < low.length; x++) {
      const a = probabilities[y * size + low[x]];
      slot.row[x] = a + (probabilities[y * size + high[x]] - a) * share[x];
    }
    return slot.row;
  };
}
