import type { Size } from "@sluice/core";

/** A network. @param pictures [n, height, width, 3] uint8, RGB. @returns probabilities, [n, 1, height, width] */
export type Network = (pictures: Uint8Array) => Promise<Float32Array>;

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
 * @param picture [height, width, 3]
 * @returns probabilities, [height * width]
 */
export async function askViews(
  ask: Network,
  picture: Uint8Array,
  size: Size,
  views: Views,
): Promise<Float32Array> {
  return weightedSum(ask, picture, size, views, new Float32Array(size.width * size.height));
}

/** The same, where the answer to the picture as it is, `first`, is known: the network is asked for the others only. */
export async function askOtherViews(
  ask: Network,
  picture: Uint8Array,
  size: Size,
  [asItIs, ...others]: Views,
  first: Float32Array,
): Promise<Float32Array> {
  const weighted = first.map((value) => value * asItIs.weight);
  return weightedSum(ask, picture, size, others, weighted);
}

async function weightedSum(
  ask: Network,
  picture: Uint8Array,
  size: Size,
  views: readonly View[],
  sum: Float32Array,
): Promise<Float32Array> {
  const pictures = new Uint8Array(views.length * picture.length);
  for (const [i, view] of views.entries()) {
    if (view.steps === asItIs) pictures.set(picture, i * picture.length);
    else takeView(picture, view, size, pictures.subarray(i * picture.length, (i + 1) * picture.length));
  }
  const answers = await ask(pictures);
  for (const [i, view] of views.entries()) {
    addTurnedBack(answers.subarray(i * sum.length, (i + 1) * sum.length), view, size, sum);
  }
  return sum;
}

function takeView(picture: Uint8Array, view: View, size: Size, into: Uint8Array): void {
  const { first, perColumn, perRow } = view.steps(size);
  let at = 0;
  for (let row = 0; row < size.height; row++) {
    let from = 3 * (first + row * perRow);
    for (let column = 0; column < size.width; column++, from += 3 * perColumn) {
      into[at++] = picture[from];
      into[at++] = picture[from + 1];
      into[at++] = picture[from + 2];
    }
  }
}

function addTurnedBack(answer: Float32Array, view: View, size: Size, sum: Float32Array): void {
  const { first, perColumn, perRow } = view.steps(size);
  const { weight } = view;
  let at = 0;
  for (let row = 0; row < size.height; row++) {
    let to = first + row * perRow;
    for (let column = 0; column < size.width; column++, to += perColumn) sum[to] += weight * answer[at++];
  }
}
