export interface Size {
  width: number;
  height: number;
}
/** A part of a picture, whole px. */
export interface Box extends Size {
  left: number;
  top: number;
}

/**
 * The smallest box around the foreground of both masks; null when both are empty.
 *
 * @param a,b [height * width], non-zero is foreground
 */
export function boxAround(a: Uint8Array, b: Uint8Array, { width, height }: Size): Box | null {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (!a[at] && !b[at]) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}
