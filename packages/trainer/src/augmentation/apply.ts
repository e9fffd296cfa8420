import type { Augmentation } from "./plan";

/** Where the result goes: folded 0..1 floats, at the given offsets. */
export interface Target {
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
 * @param photo [size, size, 3] uint8; @param mask [size, size] uint8, 0..255
 */
export function applyAugmentation(
  photo: Uint8Array,
  mask: Uint8Array,
  size: number,
  { affine: [a, b, c, d, e, f], gain, shift }: Augmentation,
  { input, inputOffset, target, targetOffset, positions }: Target,
): void {
  const [gainR, gainG, gainB] = gain.map((g) => g / 255);
  const [shiftR, shiftG, shiftB] = shift;
  const last = size - 1;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = reflect(a * x + b * y + c, last);
      const v = reflect(d * x + e * y + f, last);
      const left = u | 0;
      const top = v | 0;
      const right = left < last ? left + 1 : left;
      const bottom = top < last ? top + 1 : top;
      const du = u - left;
      const dv = v - top;
      const w01 = du * (1 - dv);
      const w10 = (1 - du) * dv;
      const w11 = du * dv;
      const w00 = 1 - w01 - w10 - w11;
      const p00 = top * size + left;
      const p01 = top * size + right;
      const p10 = bottom * size + left;
      const p11 = bottom * size + right;

      const position = positions[y * size + x];
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
