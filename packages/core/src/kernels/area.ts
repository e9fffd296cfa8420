import type { Size } from "../box";
import { bytesOf, kernels, roomFor } from "./instance";

/** Neighbours in a row, from `start` to before `end`; values are counted row by row. */
export interface Run {
  start: number;
  end: number;
}

/** A connected part of a picture. */
export interface Area {
  /** From the top, and in each row from the left. */
  runs: readonly Run[];
  /** Of its values. */
  sum: number;
  /** How many there are. */
  count: number;
}

/** The kernel's, for one run. */
const RUN_BYTES = 24;
const SUM_BYTES = 8;

/**
 * The connected area (by its sides, not its corners) of values at or over the threshold with the largest sum; null
 * where nothing reaches it.
 *
 * @param values [height * width]
 */
export function largestArea(values: Float32Array, { width, height }: Size, threshold: number): Area | null {
  const most = height * Math.ceil(width / 2);
  const { memory, at } = roomFor(values.byteLength, SUM_BYTES + RUN_BYTES * most);
  memory.set(bytesOf(values), at[0]);
  const length = kernels().largestArea(at[0], width, height, threshold, at[1]);
  if (length === 0) return null;
  const found = new DataView(memory.buffer, at[1]);
  const runs: Run[] = [];
  let count = 0;
  for (let i = 0; i < length; i++) {
    const start = found.getInt32(SUM_BYTES + RUN_BYTES * i, true);
    const end = found.getInt32(SUM_BYTES + RUN_BYTES * i + 4, true);
    runs.push({ start, end });
    count += end - start;
  }
  return { runs, sum: found.getFloat64(0, true), count };
}

/** The sum of all values. */
export function sumOf(values: Float32Array): number {
  const { memory, at } = roomFor(values.byteLength);
  memory.set(bytesOf(values), at[0]);
  return kernels().sumOf(at[0], values.length);
}
