import type { Size } from "../box";
import type { Affine } from "../close-up/affine";
import { kernels, roomFor } from "./instance";
import type { Picture } from "./picture";

/** The kernel's, for one sample. */
const SAMPLE_BYTES = 12;
/** It works on so many at once. */
const SAMPLES = 4;

/**
 * A part of a picture at another size, sampled bilinearly at multiples of 1/128 px; where it shrinks (512 times at
 * most), the mean of enough samples that no pixel is passed over. Beyond its edges the picture's outermost pixels go
 * on.
 *
 * @param map from the result's pixels to the picture's
 * @returns [size.height, size.width, channels] uint8
 */
export function sample(
  { data, width, height, channels }: Picture,
  map: Affine,
  { width: columns, height: rows }: Size,
): Uint8Array {
  const [a, b, c, d, e, f] = map;
  const across = taps(Math.hypot(a, d));
  const down = taps(Math.hypot(b, e));
  const { top, bottom } = rowsSeen(map, { width: columns, height: rows }, height);
  const [stride, result] = [channels * width, channels * columns * rows];
  const part = data.subarray(top * stride, bottom * stride);
  const samples = SAMPLE_BYTES * (across * down * columns + SAMPLES);
  const { memory, at } = roomFor(part.length + stride, samples, result);
  memory.set(part, at[0]);
  // The first of a pixel's samples, px from its centre.
  const [u, v] = [(1 / across - 1) / 2, (1 / down - 1) / 2];
  kernels().sample(
    ...[at[0], width, bottom - top, channels, at[1], at[2], columns, rows, across, down],
    ...[a * u + b * v + c, d * u + e * v + f - top, a / across, d / across, b / down, e / down],
  );
  return memory.slice(at[2], at[2] + result);
}

/** Samples per pixel along one side, where a pixel covers so many px of the picture. */
const taps = (span: number) => Math.max(1, Math.ceil(span - 0.25));

/** The rows of the picture that have a say: from `top` to before `bottom`. */
function rowsSeen([, , , d, e, f]: Affine, { width, height }: Size, pictureHeight: number) {
  const corners = [-0.5, width - 0.5].flatMap((u) => [-0.5, height - 0.5].map((v) => d * u + e * v + f));
  const inside = (row: number) => Math.min(Math.max(row, 0), pictureHeight - 1);
  const top = inside(Math.floor(Math.min(...corners)));
  return { top, bottom: inside(Math.ceil(Math.max(...corners)) + 1) + 1 };
}
