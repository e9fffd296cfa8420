import type { Size } from "../box";
import { bytesOf, kernels, roomFor, VECTOR } from "./instance";
import type { Picture } from "./picture";
import { inWholeNumbers, tent, type Weights } from "./tent";

type SideWeights = Pick<Weights, "firsts" | "taps"> & { whole: Int16Array };

/** Of so many pairs of sides: photos of one camera have the same. */
const MOST_KEPT = 16;
const kept = new Map<string, SideWeights>();

function weightsOf(from: number, to: number): SideWeights {
  const key = `${from} ${to}`;
  const known = kept.get(key) ?? toSideWeights(tent(from, to));
  kept.delete(key);
  kept.set(key, known);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? key);
  return known;
}

const toSideWeights = (weights: Weights): SideWeights => ({
  firsts: weights.firsts,
  taps: weights.taps,
  whole: inWholeNumbers(weights),
});

/**
 * A whole picture at another size: each pixel a weighted mean of those it covers, a tent in height and width; where it
 * grows, that is bilinear interpolation. Edges have what lies beyond them left out.
 *
 * @returns [size.height, size.width, channels] uint8
 */
export function stretch({ data, width, height, channels }: Picture, size: Size): Uint8Array {
  if (width === size.width && height === size.height) return data;
  const down = weightsOf(height, size.height);
  const across = weightsOf(width, size.width);
  const stride = channels * width;
  const result = channels * size.width * size.height;
  const tables = [down.firsts, down.whole, across.firsts, across.whole].map(bytesOf);
  const picture = data.length + down.taps * stride;
  const line = 2 * (stride + VECTOR + channels * across.taps);
  const { memory, at } = roomFor(...tables.map(({ length }) => length), picture, line, result);
  const [firstRows, weightsOfRows, firstColumns, weightsOfColumns, from, lineAt, to] = at;
  for (const [i, table] of tables.entries()) memory.set(table, at[i]);
  memory.set(data, from);
  kernels().stretch(
    ...[from, width, channels, size.height, firstRows, weightsOfRows, down.taps],
    ...[size.width, firstColumns, weightsOfColumns, across.taps, lineAt, to],
  );
  return memory.slice(to, to + result);
}
