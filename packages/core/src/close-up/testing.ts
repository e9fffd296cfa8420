import type { Size } from "../box";
import { largestArea } from "../kernels/area";
import type { Affine } from "./affine";
import { type Outline, outlineOf } from "./outline";

const SAMPLES = 4;

/** A filled oblong: each pixel's share of it, [height * width], 0..1. */
export function drawnOblong(outline: Outline, { width, height }: Size): Float32Array {
  const { x, y, length, breadth } = outline;
  const [cos, sin] = [Math.cos(outline.angle), Math.sin(outline.angle)];
  const reach = (length + breadth) / 2;
  const shares = new Float32Array(width * height);
  for (let i = 0; i < shares.length; i++) {
    const [column, row] = [i % width, Math.floor(i / width)];
    if (Math.abs(column - x) > reach || Math.abs(row - y) > reach) continue;
    let hits = 0;
    for (let sample = 0; sample < SAMPLES ** 2; sample++) {
      const dx = column + ((sample % SAMPLES) + 0.5) / SAMPLES - x;
      const dy = row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES - y;
      const isInside =
        Math.abs(dx * cos + dy * sin) <= length / 2 && Math.abs(dy * cos - dx * sin) <= breadth / 2;
      if (isInside) hits++;
    }
    shares[i] = hits / SAMPLES ** 2;
  }
  return shares;
}

/** The outline of all that is not 0, which is one area; null where there is nothing. */
export function outlineOfAll(values: Float32Array, size: Size, map?: Affine): Outline | null {
  const area = largestArea(values, size, Number.MIN_VALUE);
  return area && outlineOf(values, area, size, map);
}
