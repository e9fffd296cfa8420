import { seededRandom } from "@sluice/core/random";

/** What is done to one photo and its mask. */
export interface Augmentation {
  /**
   * Where a pixel of the result lies in the original: x' = a x + b y + c, y' = d x + e y + f, in px from the
   * centre of the top left pixel.
   */
  affine: [a: number, b: number, c: number, d: number, e: number, f: number];
  /** Per colour: value * gain + shift, on 0..1. */
  gain: [number, number, number];
  shift: [number, number, number];
}

const ROTATION = (20 * Math.PI) / 180;
const SCALE = [0.75, 1.35] as const;
const SHIFT = 0.1;
const BRIGHTNESS = 0.15;
const CONTRAST = 0.25;
const COLOUR = 0.1;

export const IDENTITY: Augmentation = { affine: [1, 0, 0, 0, 1, 0], gain: [1, 1, 1], shift: [0, 0, 0] };

/**
 * Drawn from (seed, epoch, index) alone, so that a resumed training sees the same pictures.
 *
 * Rotation by up to 20°, scale 0.75 to 1.35 (of the picture's content), shift by up to a tenth of the side,
 * mirrored left to right every other time, brightness, contrast and colour.
 */
export function planAugmentation(seed: number, epoch: number, index: number, size: number): Augmentation {
  const random = seededRandom(mix(seed, epoch, index));
  const between = (low: number, high: number) => low + (high - low) * random();
  const angle = between(-ROTATION, ROTATION);
  const scale = Math.exp(between(Math.log(SCALE[0]), Math.log(SCALE[1])));
  const mirror = random() < 0.5 ? -1 : 1;
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  const centre = (size - 1) / 2;
  const toX = centre + between(-SHIFT, SHIFT) * size;
  const toY = centre + between(-SHIFT, SHIFT) * size;
  const [a, b, d, e] = [mirror * cos, mirror * -sin, sin, cos];
  const affine: Augmentation["affine"] = [a, b, centre - a * toX - b * toY, d, e, centre - d * toX - e * toY];

  const contrast = 1 + between(-CONTRAST, CONTRAST);
  const brightness = between(-BRIGHTNESS, BRIGHTNESS);
  const gain = [0, 1, 2].map(() => contrast * (1 + between(-COLOUR, COLOUR)));
  const shift = gain.map((g) => 0.5 + brightness - 0.5 * g);
  return { affine, gain: [gain[0], gain[1], gain[2]], shift: [shift[0], shift[1], shift[2]] };
}

/** One 32-bit seed out of three numbers (the finaliser of MurmurHash3, A. Appleby). */
export function mix(...values: number[]): number {
  let hash = 0x9e3779b9;
  for (const value of values) {
    hash = Math.imul(hash ^ value, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash;
}
