import type { Size } from "@sluice/core";
import { addViews, takeViews, type View } from "@sluice/core/kernels/index";

/** A network. @param pictures [n, height, width, 3] uint8, RGB. @returns probabilities, [n, 1, height, width] */
export type Network = (pictures: Uint8Array) => Promise<Float32Array>;

/** A way to look at a picture, and how much the answer counts. */
interface Look {
  weight: number;
  view(size: Size): View;
}

const asItIs: Look["view"] = ({ width }) => ({ first: 0, perColumn: 1, perRow: width });
const mirrored: Look["view"] = ({ width }) => ({ first: width - 1, perColumn: -1, perRow: width });

/** How a picture is looked at: first as it is, then otherwise; the weights make up 1. */
type Looks = readonly [asItIs: Look, ...others: Look[]];

/** A picture and its mirror image. */
export const BOTH_VIEWS: Looks = [
  { weight: 1 / 2, view: asItIs },
  { weight: 1 / 2, view: mirrored },
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
  looks: Looks,
): Promise<Float32Array> {
  const views = viewsOf(looks, size);
  return addViews(await ask(takeViews(picture, size, views)), size, views);
}

/** The same, where the answer to the picture as it is, `first`, is known: the network is asked for the others only. */
export async function askOtherViews(
  ask: Network,
  picture: Uint8Array,
  size: Size,
  looks: Looks,
  first: Float32Array,
): Promise<Float32Array> {
  const [known, ...others] = viewsOf(looks, size);
  const answers = await ask(takeViews(picture, size, others));
  return addViews(answers, size, others, addViews(first, size, [known]));
}

const viewsOf = (looks: readonly Look[], size: Size) =>
  looks.map(({ weight, view }) => ({ weight, ...view(size) }));
