import type { Size, Training } from "@sluice/core";
import * as CloseUp from "@sluice/core/close-up/index";
import { type Random, seededRandom } from "@sluice/core/random";

/** Per colour: value * gain + shift, on 0..1. */
export interface Light {
  gain: [number, number, number];
  shift: [number, number, number];
}
/** What is done to one photo and its mask. */
export interface Plan {
  /** Where a pixel of the result lies in the original. */
  map: CloseUp.Affine;
  light: Light;
}

export const AS_IT_IS: Light = { gain: [1, 1, 1], shift: [0, 0, 0] };
export const IDENTITY: Plan = { map: [1, 0, 0, 0, 1, 0], light: AS_IT_IS };

/** What is drawn depends on these alone, so that a resumed training sees the same pictures. */
export interface Drawn {
  seed: number;
  epoch: number;
}

/** Of the whole photo, stretched to `size`: turned, scaled and moved about its centre, mirrored, in another light. */
export function planAugmentation(
  { rotation, quarterTurn, scale, shift, mirrored, upended, light }: Training.Augmentation,
  { seed, epoch }: Drawn,
  index: number,
  size: Size,
): Plan {
  const random = seededRandom(mix(seed, epoch, index));
  const between = uniform(random);
  const degrees = random() < rotation.probability ? between(-rotation.degrees, rotation.degrees) : 0;
  const quarters = random() < quarterTurn ? Math.sign(random() - 0.5) : 0;
  const angle = (quarters / 2 + degrees / 180) * Math.PI;
  const factor = Math.exp(between(Math.log(scale[0]), Math.log(scale[1])));
  const [cos, sin] = [Math.cos(angle) / factor, Math.sin(angle) / factor];
  const [centreX, centreY] = [(size.width - 1) / 2, (size.height - 1) / 2];
  const toX = centreX + between(-shift, shift) * size.width;
  const toY = centreY + between(-shift, shift) * size.height;
  const moved: CloseUp.Affine = [
    cos,
    -sin,
    centreX - cos * toX + sin * toY,
    sin,
    cos,
    centreY - sin * toX - cos * toY,
  ];
  return { map: flipped(moved, size, { mirrored, upended }, random), light: drawLight(light, random) };
}

/** Each turn-over with its own probability. */
export function flipped(
  map: CloseUp.Affine,
  size: Size,
  { mirrored, upended }: Pick<Training.Augmentation, "mirrored" | "upended">,
  random: Random,
): CloseUp.Affine {
  const once = random() < mirrored ? CloseUp.mirrored(map, size) : map;
  return random() < upended ? CloseUp.upended(once, size) : once;
}

export function drawLight(
  { brightness, contrast, colour, probability }: Training.Augmentation["light"],
  random: Random,
): Light {
  if (random() >= probability) return AS_IT_IS;
  const between = uniform(random);
  const spread = 1 + between(-contrast, contrast);
  const added = between(-brightness, brightness);
  const [red, green, blue] = [0, 1, 2].map(() => spread * (1 + between(-colour, colour)));
  const about = (gain: number) => 0.5 + added - 0.5 * gain;
  return { gain: [red, green, blue], shift: [about(red), about(green), about(blue)] };
}

export const uniform = (random: Random) => (low: number, high: number) => low + (high - low) * random();

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
