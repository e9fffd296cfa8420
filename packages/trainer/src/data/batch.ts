import type { Training } from "@sluice/core";

type Sizes = Pick<Training.Recipe, "size" | "patch">;

/** Photos and masks as the network takes them: each patch x patch px block folded into channels. */
export interface Batch {
  /** 0..1 */
  input: Float32Array;
  /** [n, size / patch, size / patch, 3 * patch²] */
  inputShape: [number, number, number, number];
  /** 0 or 1 */
  target: Float32Array;
  /** [n, size / patch, size / patch, patch²] */
  targetShape: [number, number, number, number];
}

/** An empty batch of n; its arrays may be filled again and again. */
export function emptyBatch(n: number, { size, patch }: Sizes): Batch {
  const side = size / patch;
  return {
    input: new Float32Array(n * size * size * 3),
    inputShape: [n, side, side, 3 * patch * patch],
    target: new Float32Array(n * size * size),
    targetShape: [n, side, side, patch * patch],
  };
}

/**
 * Where each pixel of a photo goes in the folded order (TensorFlow's space_to_depth): block, then row and column
 * in the block. Times 3 it is where the pixel's red goes.
 *
 * @returns [size * size]
 */
export function foldedPositions({ size, patch }: Sizes): Uint32Array {
  const positions = new Uint32Array(size * size);
  const side = size / patch;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const block = Math.floor(y / patch) * side + Math.floor(x / patch);
      positions[y * size + x] = (block * patch + (y % patch)) * patch + (x % patch);
    }
  }
  return positions;
}
