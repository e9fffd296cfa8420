import { seededRandom } from "@sluice/core/random";
import type { Examples } from "../data/examples";

/** Noise with one brighter rectangle per photo: what a network must learn within seconds. */
export function brightRectangles(count: number, size: number, seed: number): Examples {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => Math.floor(low + (high - low) * random());
  const photos = new Uint8Array(count * size * size * 3);
  const masks = new Uint8Array(count * size * size);
  for (let i = 0; i < count; i++) {
    const [width, height] = [between(size / 4, size / 2), between(size / 4, size / 2)];
    const [left, top] = [between(1, size - width), between(1, size - height)];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const isInside = x >= left && x < left + width && y >= top && y < top + height;
        const pixel = (i * size + y) * size + x;
        masks[pixel] = isInside ? 255 : 0;
        for (let c = 0; c < 3; c++) photos[3 * pixel + c] = between(0, 100) + (isInside ? 120 : 0);
      }
    }
  }
  return { count, size, photos, masks };
}
