import type { Size } from "../box";
import { bytesOf, kernels, roomFor, VECTOR } from "./instance";
import type { Picture } from "./picture";
import { inWholeNumbers, tent, WHOLE } from "./tent";

/**
 * A whole picture at another size: each pixel a weighted mean of those it covers, a tent in height and width; where it
 * grows, that is bilinear interpolation. Edges have what lies beyond them left out.
 *
 * @returns [size.height, size.width, channels] uint8
 */
export function stretch({ data, width, height, channels }: Picture, size: Size): Uint8Array {
  if (width === size.width && height === size.height) return data;
  const down = tent(height, size.height);
  const across = tent(width, size.width);
  const rowWeights = inWholeNumbers(down);
  const columnWeights = Float32Array.from(across.weights, (weight) => weight / WHOLE);
  const stride = channels * width;
  const result = channels * size.width * size.height;
  const tables = [down.firsts, rowWeights, across.firsts, columnWeights].map(bytesOf);
  const picture = data.length + down.taps * stride;
  const line = 4 * (stride + VECTOR + channels * across.taps);
  const { memory, at } = roomFor(...tables.map(({ length }) => length), picture, line, result);
  const [firstRows, weightsOfRows, firstColumns, weightsOfColumns, from, lineAt, to] = at;
  for (const [i, table] of tables.entries()) memory.set(table, at[i]);
  memory.set(data, from);
  memory.fill(0, lineAt, to); // a weight of 0 is none for what is no number
  kernels().stretch(
    ...[from, width, channels, size.height, firstRows, weightsOfRows, down.taps],
    ...[size.width, firstColumns, weightsOfColumns, across.taps, lineAt, to],
  );
  return memory.slice(to, to + result);
}
