import type { Size, Training } from "@sluice/core";
import * as CloseUp from "@sluice/core/close-up/index";
import { type Random, seededRandom } from "@sluice/core/random";
import { AS_IT_IS, type Drawn, drawLight, flipped, mix, type Plan } from "./plan";

/**
 * How a locator errs, as standard deviations: a little more than was measured on validation photos
 * (docs/benchmarks.md), so that the refiner has seen worse than it will be shown.
 */
const ERROR = { along: 0.05, across: 0.12, length: 0.1, breadth: 0.15, degrees: 4 };

/**
 * A close-up as a locator would choose it: of the true outline, displaced, turned and stretched by its errors. For
 * training also turned over and in another light; an example's validation close-up is always the same one.
 *
 * @param outline in px of the picture. @param size of the close-up. @returns `map` from the close-up to that picture
 */
export function planCloseUp(
  outline: CloseUp.Outline,
  { along, across }: CloseUp.Margins,
  size: Size,
  index: number,
  drawn: (Drawn & { augmentation: Training.Augmentation | null }) | null,
): Plan {
  const random = seededRandom(mix(drawn?.seed ?? 0, drawn?.epoch ?? 0, index));
  const map = CloseUp.closeUp(displaced(outline, random), { along, across }, size);
  const augmentation = drawn?.augmentation;
  if (!augmentation) return { map, light: AS_IT_IS };
  // A level window stands on its feet or on its head, and which of the two the locator cannot know.
  const turnedOver = { mirrored: augmentation.mirrored, upended: 0.5 };
  return { map: flipped(map, size, turnedOver, random), light: drawLight(augmentation.light, random) };
}

function displaced({ x, y, angle, length, breadth }: CloseUp.Outline, random: Random): CloseUp.Outline {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = bell(random) * ERROR.along * length;
  const across = bell(random) * ERROR.across * breadth;
  return {
    x: x + cos * along - sin * across,
    y: y + sin * along + cos * across,
    angle: angle + (bell(random) * ERROR.degrees * Math.PI) / 180,
    length: length * Math.exp(bell(random) * ERROR.length),
    breadth: breadth * Math.exp(bell(random) * ERROR.breadth),
  };
}

/** Nearly normal with deviation 1 (the sum of three uniform numbers), never over 3. */
const bell = (random: Random) => 2 * (random() + random() + random() - 1.5);
