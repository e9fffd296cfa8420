import { seededRandom } from "@sluice/core/random";
import type { Source } from "../augmentation/apply";
import { IDENTITY } from "../augmentation/plan";
import type { InputShape } from "../data/batch";
import { type Examples, examplesOf } from "../data/examples";

/** Noise with one brighter rectangle per photo: what a network must learn within seconds. */
export function brightRectangles(count: number, size: number, seed: number): Source[] {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => Math.floor(low + (high - low) * random());
  return Array.from({ length: count }, () => {
    const photo = new Uint8Array(size * size * 3);
    const mask = new Uint8Array(size * size);
    const [width, height] = [between(size / 4, size / 2), between(size / 4, size / 2)];
    const [left, top] = [between(1, size - width), between(1, size - height)];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const isInside = x >= left && x < left + width && y >= top && y < top + height;
        const pixel = y * size + x;
        mask[pixel] = isInside ? 255 : 0;
        for (let c = 0; c < 3; c++) photo[3 * pixel + c] = between(0, 100) + (isInside ? 120 : 0);
      }
    }
    return { width: size, height: size, photo, mask };
  });
}

/** The same as a network takes them, as they are in every epoch. */
export function brightExamples(count: number, shape: InputShape, seed: number): Examples {
  const pictures = brightRectangles(count, shape.width, seed);
  return examplesOf(count, shape, (index) => ({ source: pictures[index], plan: IDENTITY }));
}
