import type * as CloseUp from "@sluice/core/close-up/index";
import type { Light } from "./plan";

/** A photo and its mask, in the same pixels. */
export interface Source {
  width: number;
  height: number;
  /** [height, width, 3] uint8 */
  photo: Uint8Array;
  /** [height, width] uint8, 0..255: the share of each pixel that is foreground */
  mask: Uint8Array;
}

/** Where the result goes: folded 0..1 floats, at the given offsets. */
export interface Target {
  width: number;
  height: number;
  input: Float32Array;
  inputOffset: number;
  target: Float32Array;
  targetOffset: number;
  /** `foldedPositions` of the size. */
  positions: Uint32Array;
}

/**
 * Moves and colours one photo with its mask, straight into a batch: one pass, both sampled bilinearly at the same
 * place. Beyond its edges the picture is mirrored. The mask is cut at one half afterwards.
 *
 * @param map from the result's pixels to the source's
 */
export function applyAugmentation(
  { photo, mask, width: sourceWidth, height: sourceHeight }: Source,
  [a, b, c, d, e, f]: CloseUp.Affine,
  { gain, shift }: Light,
  { width, height, input, inputOffset, target, targetOffset, positions }: Target,
): void {
  const [gainR, gainG, gainB] = gain.map((g) => g / 255);
  const [shiftR, shiftG, shiftB] = shift;
  const lastColumn = sourceWidth - 1;
  const lastRow = sourceHeight - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = reflect(a * x + b * y + c, lastColumn);
      const v = reflect(d * x + e * y + f, lastRow);
      const left = u | 0;
      const top = v | 0;
      const right = left < lastColumn ? left + 1 : left;
      const bottom = top < lastRow ? top + 1 : top;
      const du = u - left;
      const dv = v - top;
      const w01 = du * (1 - dv);
      const w10 = (1 - du) * dv;
      const w11 = du * dv;
      const w00 = 1 - w01 - w10 - w11;
      const p00 = top * sourceWidth + left;
      const p01 = top * sourceWidth + right;
      const p10 = bottom * sourceWidth + left;
      const p11 = bottom * sourceWidth + right;

      const position = positions[y * width + x];
      const soft = w00 * mask[p00] + w01 * mask[p01] + w10 * mask[p10] + w11 * mask[p11];
      target[targetOffset + position] = soft >= 127.5 ? 1 : 0;
      const q00 = 3 * p00;
      const q01 = 3 * p01;
      const q10 = 3 * p10;
      const q11 = 3 * p11;
      const red = w00 * photo[q00] + w01 * photo[q01] + w10 * photo[q10] + w11 * photo[q11];
      const green = w00 * photo[q00 + 1] + w01 * photo[q01 + 1] + w10 * photo[q10 + 1] + w11 * photo[q11 + 1];
      const blue = w00 * photo[q00 + 2] + w01 * photo[q01 + 2] + w10 * photo[q10 + 2] + w11 * photo[q11 + 2];
      const o = inputOffset + 3 * position;
      input[o] = clamp(red * gainR + shiftR);
      input[o + 1] = clamp(green * gainG + shiftG);
      input[o + 2] = clamp(blue * gainB + shiftB);
    }
  }
}

const clamp = (value: number) => Math.min(Math.max(value, 0), 1);

/** Folds a coordinate back into 0..last, as a mirror at each edge does. */
function reflect(position: number, last: number): number {
  if (position >= 0 && position <= last) return position;
  const folded = Math.abs(position) % (2 * last);
  return folded > last ? 2 * last - folded : folded;
}
