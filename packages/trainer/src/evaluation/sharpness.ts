import { Photo, type Size } from "@sluice/core";

/** Photos are compared at this size, px of the longer side; smaller ones as they are. */
const SIDE = 512;

/**
 * How sharp a photo is: the variance of the Laplacian of its luminance (Pech-Pacheco et al. 2000), with the longer side
 * at 512 px. A few hundred where there are fine edges, a few dozen where there is none.
 *
 * Throws `photo.unreadable`.
 */
export async function sharpness(photo: Uint8Array, name: string): Promise<number> {
  const view = await Photo.view(photo, name);
  const scale = Math.min(1, SIDE / Math.max(view.width, view.height));
  const size = { width: Math.ceil(view.width * scale), height: Math.ceil(view.height * scale) };
  return laplacianVariance(luminance(Photo.fitted(view, size)), size);
}

/** Rec. 601. @param rgb [n, 3] uint8. @returns [n] */
function luminance(rgb: Uint8Array): Float32Array {
  const out = new Float32Array(rgb.length / 3);
  for (let i = 0; i < out.length; i++) {
    out[i] = 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2];
  }
  return out;
}

/** Over all pixels that have four neighbours; 0 of none. @param values [height * width] */
export function laplacianVariance(values: Float32Array, { width, height }: Size): number {
  let [sum, squares] = [0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const value =
        values[at - 1] + values[at + 1] + values[at - width] + values[at + width] - 4 * values[at];
      sum += value;
      squares += value * value;
    }
  }
  const count = Math.max(1, (width - 2) * (height - 2));
  return squares / count - (sum / count) ** 2;
}
