import type { Size } from "@sluice/core";

/** A network. @param photos [n, 3, height, width], RGB in 0..1. @returns logits, [n, 1, height, width] */
export type Network = (photos: Float32Array) => Promise<Float32Array>;

/** A way to look at a picture, and how much the answer counts. */
interface View {
  weight: number;
  /** In the picture's pixels: where the view's first one lies, and how far apart those of a row and of a column are. */
  steps(size: Size): { first: number; perColumn: number; perRow: number };
}

const asItIs: View["steps"] = ({ width }) => ({ first: 0, perColumn: 1, perRow: width });
const mirrored: View["steps"] = ({ width }) => ({ first: width - 1, perColumn: -1, perRow: width });
/** Of a square picture. */
const turnedLeft: View["steps"] = ({ width }) => ({ first: width - 1, perColumn: width, perRow: -1 });
const turnedRight: View["steps"] = ({ width }) => ({
  first: (width - 1) * width,
  perColumn: -width,
  perRow: 1,
});

/** How a picture is looked at: first as it is, then otherwise; the weights make up 1. */
type Views = readonly [asItIs: View, ...others: View[]];

/** A picture and its mirror image. */
export const UPRIGHT_VIEWS: Views = [
  { weight: 1 / 2, steps: asItIs },
  { weight: 1 / 2, steps: mirrored },
];
/** The same, and a square picture turned by a quarter either way; most things stand upright, so that counts half. */
export const ALL_VIEWS: Views = [
  { weight: 1 / 3, steps: asItIs },
  { weight: 1 / 3, steps: mirrored },
  { weight: 1 / 6, steps: turnedLeft },
  { weight: 1 / 6, steps: turnedRight },
];

/**
 * The weighted mean of what a network answers to several views of one picture, each turned back (test-time
 * augmentation).
 *
 * @param planes [3, height, width]
 * @returns probabilities, [height * width]
 */
export async function askViews(
  ask: Network,
  planes: Float32Array,
  size: Size,
  views: Views,
): Promise<Float32Array> {
  return weightedSum(ask, planes, size, views);
}

/** The same, where the answer to the picture as it is, `first`, is known: the network is asked for the others only. */
export async function askOtherViews(
  ask: Network,
  planes: Float32Array,
  size: Size,
  [asItIs, ...others]: Views,
  first: Float32Array,
): Promise<Float32Array> {
  const sum = await weightedSum(ask, planes, size, others);
  return sum.map((value, i) => value + asItIs.weight * first[i]);
}

async function weightedSum(
  ask: Network,
  planes: Float32Array,
  size: Size,
  views: readonly View[],
): Promise<Float32Array> {
  const area = size.width * size.height;
  const batch = new Float32Array(views.length * planes.length);
  for (const [i, view] of views.entries()) {
    if (view.steps === asItIs) batch.set(planes, i * planes.length);
    else takeView(planes, view, size, batch.subarray(i * planes.length, (i + 1) * planes.length));
  }
  const logits = await ask(batch);
  const sum = new Float32Array(area);
  for (const [i, view] of views.entries()) {
    addTurnedBack(logits.subarray(i * area, (i + 1) * area), view, size, sum);
  }
  return sum;
}

function takeView(planes: Float32Array, view: View, size: Size, into: Float32Array): void {
  const { first, perColumn, perRow } = view.steps(size);
  const area = size.width * size.height;
  let at = 0;
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < size.height; row++) {
      let from = plane * area + first + row * perRow;
      for (let column = 0; column < size.width; column++, from += perColumn) into[at++] = planes[from];
    }
  }
}

function addTurnedBack(logits: Float32Array, view: View, size: Size, sum: Float32Array): void {
  const { first, perColumn, perRow } = view.steps(size);
  const { weight } = view;
  let at = 0;
  for (let row = 0; row < size.height; row++) {
    let to = first + row * perRow;
    for (let column = 0; column < size.width; column++, to += perColumn) {
      sum[to] += weight / (1 + Math.exp(-logits[at++]));
    }
  }
}

/** [h, w, 3] uint8 → [3, h, w] float32 in 0..1: what a network's input `photo` is. */
export function planes(rgb: Uint8Array): Float32Array {
  const plane = rgb.length / 3;
  const out = new Float32Array(rgb.length);
  for (let i = 0; i < plane; i++) {
    out[i] = rgb[3 * i] / 255;
    out[plane + i] = rgb[3 * i + 1] / 255;
    out[2 * plane + i] = rgb[3 * i + 2] / 255;
  }
  return out;
}

/** Logits to probabilities; a new array. */
export function sigmoid(logits: Float32Array): Float32Array {
  const out = new Float32Array(logits.length);
  for (let i = 0; i < out.length; i++) out[i] = 1 / (1 + Math.exp(-logits[i]));
  return out;
}
