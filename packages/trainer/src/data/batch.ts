/** What a network takes, px, and the side of the blocks it is folded by. */
export interface InputShape {
  width: number;
  height: number;
  patch: number;
}

/** Photos and masks as the network takes them: each patch x patch px block folded into channels. */
export interface Batch {
  /** 0..1 */
  input: Float32Array;
  /** [n, height / patch, width / patch, 3 * patch²] */
  inputShape: [number, number, number, number];
  /** 0 or 1 */
  target: Float32Array;
  /** [n, height / patch, width / patch, patch²] */
  targetShape: [number, number, number, number];
}

/** An empty batch of n; its arrays may be filled again and again. */
export function emptyBatch(n: number, { width, height, patch }: InputShape): Batch {
  const [rows, columns] = [height / patch, width / patch];
  return {
    input: new Float32Array(n * width * height * 3),
    inputShape: [n, rows, columns, 3 * patch * patch],
    target: new Float32Array(n * width * height),
    targetShape: [n, rows, columns, patch * patch],
  };
}

/**
 * Where each pixel of a photo goes in the folded order (TensorFlow's space_to_depth): block, then row and column
 * in the block. Times 3 it is where the pixel's red goes.
 *
 * @returns [height * width]
 */
export function foldedPositions({ width, height, patch }: InputShape): Uint32Array {
  const positions = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor(y / patch) * (width / patch) + Math.floor(x / patch);
      positions[y * width + x] = (block * patch + (y % patch)) * patch + (x % patch);
    }
  }
  return positions;
}
