import type { Size } from "@sluice/core";
import { addViews, takeViews } from "@sluice/core/kernels/index";

/** A network. @param pictures [n, height, width, 3] uint8, RGB. @returns probabilities, [n, 1, height, width] */
export type Network = (pictures: Uint8Array) => Promise<Float32Array>;

/** Each counts half. */
const asItIs = ({ width }: Size) => ({ weight: 1 / 2, first: 0, perColumn: 1, perRow: width });
const mirrored = ({ width }: Size) => ({ weight: 1 / 2, first: width - 1, perColumn: -1, perRow: width });

/**
 * The mean of what a network answers to a picture and to its mirror image, turned back (test-time augmentation).
 *
 * @param picture [height, width, 3]
 * @returns probabilities, [height * width]
 */
export async function askBothViews(ask: Network, picture: Uint8Array, size: Size): Promise<Float32Array> {
  const views = [asItIs(size), mirrored(size)];
  return addViews(await ask(takeViews(picture, size, views)), size, views);
}

/** The same, where the answer to the picture as it is, `first`, is known: the network is asked for the mirror image only. */
export async function askMirrored(
  ask: Network,
  picture: Uint8Array,
  size: Size,
  first: Float32Array,
): Promise<Float32Array> {
  const views = [mirrored(size)];
  const answer = await ask(takeViews(picture, size, views));
  return addViews(answer, size, views, addViews(first, size, [asItIs(size)]));
}
