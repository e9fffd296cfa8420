import type { Size } from "../box";
import type { Affine } from "./affine";

/**
 * A part of a picture at another size, sampled bilinearly; where it shrinks, the mean of enough samples that no pixel
 * is passed over. Beyond its edges the picture's outermost pixels go on.
 *
 * @param data [height, width, channels] uint8
 * @param map from the result's pixels to the picture's
 * @returns [size.height, size.width, channels] uint8
 */
export function sample(
  { data, width, height, channels }: Size & { data: Uint8Array; channels: 1 | 3 },
  map: Affine,
  size: Size,
): Uint8Array {
  const [a, b, c, d, e, f] = map;
  const columns = places(size.width, taps(Math.hypot(a, d)));
  const rows = places(size.height, taps(Math.hypot(b, e)));
  const [across, down] = [columns.length / size.width, rows.length / size.height];
  const count = across * down;
  const lastColumn = width - 1;
  const lastRow = height - 1;
  const stride = channels * width;
  const out = new Uint8Array(size.width * size.height * channels);
  let at = 0;
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = row * down; j < (row + 1) * down; j++) {
        const bv = b * rows[j];
        const ev = e * rows[j];
        for (let i = column * across; i < (column + 1) * across; i++) {
          const u = columns[i];
          const x = Math.min(Math.max(a * u + bv + c, 0), lastColumn);
          const y = Math.min(Math.max(d * u + ev + f, 0), lastRow);
          const left = x | 0;
          const top = y | 0;
          const p00 = top * stride + left * channels;
          const p01 = left < lastColumn ? p00 + channels : p00;
          const below = top < lastRow ? stride : 0;
          const p10 = p00 + below;
          const p11 = p01 + below;
          const w11 = (x - left) * (y - top);
          const w01 = x - left - w11;
          const w10 = y - top - w11;
          const w00 = 1 - w01 - w10 - w11;
          red += w00 * data[p00] + w01 * data[p01] + w10 * data[p10] + w11 * data[p11];
          if (channels === 1) continue;
          green += w00 * data[p00 + 1] + w01 * data[p01 + 1] + w10 * data[p10 + 1] + w11 * data[p11 + 1];
          blue += w00 * data[p00 + 2] + w01 * data[p01 + 2] + w10 * data[p10 + 2] + w11 * data[p11 + 2];
        }
      }
      out[at++] = red / count + 0.5;
      if (channels === 1) continue;
      out[at++] = green / count + 0.5;
      out[at++] = blue / count + 0.5;
    }
  }
  return out;
}

/** Where the samples of each pixel of a side lie, px from its first one's centre. */
function places(side: number, perPixel: number): Float64Array {
  const out = new Float64Array(side * perPixel);
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.floor(i / perPixel) + ((i % perPixel) + 0.5) / perPixel - 0.5;
  }
  return out;
}

/** Samples per pixel along one side, where a pixel covers so many px of the picture. */
const taps = (span: number) => Math.max(1, Math.ceil(span - 0.25));
