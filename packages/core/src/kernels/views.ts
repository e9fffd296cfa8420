import type { Size } from "../box";
import { bytesOf, kernels, roomFor } from "./instance";

/** A picture's pixels in another order: which one comes first, and how far it is to the next column's and row's. */
export interface View {
  first: number;
  perColumn: number;
  perRow: number;
}

/**
 * Views of a picture, one after the other.
 *
 * @param picture [height, width, 3] uint8. @returns [views.length, height, width, 3] uint8
 */
export function takeViews(picture: Uint8Array, { width, height }: Size, views: readonly View[]): Uint8Array {
  const bytes = picture.length;
  const { memory, at } = roomFor(bytes, views.length * bytes);
  memory.set(picture, at[0]);
  for (const [i, { first, perColumn, perRow }] of views.entries()) {
    kernels().takeView(at[0], width, height, first, perColumn, perRow, at[1] + i * bytes);
  }
  return memory.slice(at[1], at[1] + views.length * bytes);
}

/**
 * The weighted sum of what was found in views of a picture, each turned back.
 *
 * @param found [views.length, height, width]. @param to what it is added to. @returns [height * width]
 */
export function addViews(
  found: Float32Array,
  { width, height }: Size,
  views: readonly (View & { weight: number })[],
  to?: Float32Array,
): Float32Array {
  const bytes = 4 * width * height;
  const { memory, at } = roomFor(found.byteLength, bytes);
  const end = at[1] + bytes;
  memory.set(bytesOf(found), at[0]);
  if (to) memory.set(bytesOf(to), at[1]);
  else memory.fill(0, at[1], end);
  for (const [i, { first, perColumn, perRow, weight }] of views.entries()) {
    kernels().addView(at[0] + i * bytes, width, height, first, perColumn, perRow, weight, at[1]);
  }
  return new Float32Array(memory.buffer.slice(at[1], end));
}
