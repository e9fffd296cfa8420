import sharp from "sharp";
import type { Pixels } from "../photo";

const SIDE = 32;
const LOW = 8;

/** cos((2x + 1) u pi / 64), the rows that are used of the 32-point DCT-II. */
const COSINES = Array.from({ length: LOW }, (_, u) =>
  Float64Array.from({ length: SIDE }, (_, x) => Math.cos(((2 * x + 1) * u * Math.PI) / (2 * SIDE))),
);

/** The photo at 32x32, grey, 0..255. @param photo [h, w, 3] uint8, RGB, upright */
export const thumbnail = ({ data, width, height }: Pixels): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .resize(SIDE, SIDE, { fit: "fill", kernel: "linear" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();

/**
 * 64-bit perceptual hash: the signs of the 8x8 lowest DCT frequencies against their median (Zauner 2010,
 * "Implementation and Benchmarking of Perceptual Image Hash Functions", sec. 3.2.1). The mean brightness is
 * left out of the median and its bit.
 *
 * @param grey [32, 32] uint8
 * @returns 16 hex digits
 */
export function perceptualHash(grey: Uint8Array): string {
  const low = lowFrequencies(grey);
  const sorted = [...low.slice(1)].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const bits = low.map((value, i) => (i > 0 && value > median ? 1 : 0));
  const nibbles = Array.from({ length: 16 }, (_, n) =>
    Number.parseInt(bits.slice(n * 4, n * 4 + 4).join(""), 2),
  );
  return nibbles.map((nibble) => nibble.toString(16)).join("");
}

/** [64] DCT-II coefficients, row by row, not normalised; rounded, so that no bit hangs on the last digits. */
function lowFrequencies(grey: Uint8Array): number[] {
  const rows = Array.from({ length: SIDE }, (_, y) => dct((x) => grey[y * SIDE + x] ?? 0));
  const columns = Array.from({ length: LOW }, (_, u) => dct((y) => rows[y]?.[u] ?? 0));
  return Array.from({ length: LOW * LOW }, (_, i) =>
    Math.round(columns[i % LOW]?.[Math.floor(i / LOW)] ?? 0),
  );
}

const dct = (at: (x: number) => number) =>
  COSINES.map((cosine) => cosine.reduce((sum, c, x) => sum + c * at(x), 0));
