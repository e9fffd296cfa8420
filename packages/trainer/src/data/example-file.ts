import type { Size } from "@sluice/core/box";
import * as CloseUp from "@sluice/core/close-up/index";
import { sha256 } from "@sluice/core/digest";
import * as Photo from "@sluice/core/photo/index";
import type { Source } from "../augmentation/apply";

/** What is kept of a pair for training: the whole picture, small, and perhaps the surroundings of its window. */
export interface ExampleShape {
  /** Of the whole picture, px. */
  whole: Size;
  /** The refiner's input, and how much more than the outline it shows. */
  closeUp: (Size & CloseUp.Margins) | null;
}

/** A part of the picture around the window, turned level. */
export interface Surroundings extends Source {
  /** The window's, in px of the picture. */
  outline: CloseUp.Outline;
  /** From the picture's pixels to those of the surroundings. */
  fromPicture: CloseUp.Affine;
}

/** Surroundings reach so much further than a close-up, for displaced and turned ones, and are that much larger. */
const FURTHER = { along: 1.4, across: 2.1 };
// Raised when the same pair would make other bytes.
const VERSION = 3;
const OUTLINE_BYTES = 8 * 5;

/** Names an example by what it is made of. */
export const exampleKey = (photoSha256: string, maskSha256: string, shape: ExampleShape): string =>
  sha256(JSON.stringify([VERSION, photoSha256, maskSha256, shape, FURTHER]));

const pixels = ({ width, height }: Size) => width * height;
const surroundingsSize = ({ width, height }: Size): Size => ({
  width: 2 * Math.round((width * FURTHER.along) / 2),
  height: 2 * Math.round((height * FURTHER.across) / 2),
});

/** Bytes of an example: 4 a pixel, and the outline. */
export const exampleBytes = ({ whole, closeUp }: ExampleShape): number =>
  4 * pixels(whole) + (closeUp ? OUTLINE_BYTES + 4 * pixels(surroundingsSize(closeUp)) : 0);

/**
 * Decodes a pair once: whole photo and mask, then outline, photo and mask of the surroundings.
 *
 * @param name for messages. Throws `photo.unreadable`.
 */
export async function makeExample(
  photo: Uint8Array,
  mask: Uint8Array,
  shape: ExampleShape,
  name: string,
): Promise<Uint8Array> {
  const view = await Photo.view(photo, name);
  const maskView = { ...view, data: Photo.fitted(await Photo.maskPixels(mask, name), view, 1) };
  const bytes = new Uint8Array(exampleBytes(shape));
  bytes.set(Photo.fitted(view, shape.whole));
  bytes.set(Photo.fitted(maskView, shape.whole, 1), 3 * pixels(shape.whole));
  if (shape.closeUp) bytes.set(surroundings(view, maskView, shape.closeUp), 4 * pixels(shape.whole));
  return bytes;
}

function surroundings(
  view: Photo.Pixels,
  mask: Size & { data: Uint8Array },
  closeUp: Size & CloseUp.Margins,
): Uint8Array {
  const size = surroundingsSize(closeUp);
  const bytes = new Uint8Array(OUTLINE_BYTES + 4 * pixels(size));
  const area = CloseUp.largestArea(new Float32Array(mask.data), mask, 127.5);
  if (!area) return bytes;
  const outline = CloseUp.outlineOf(mask.data, area, mask);
  const { x, y, angle, length, breadth } = outline;
  bytes.set(new Uint8Array(Float64Array.of(x, y, angle, length, breadth).buffer));
  const map = CloseUp.closeUp(outline, further(closeUp), size);
  bytes.set(CloseUp.sample({ ...view, channels: 3 }, map, size), OUTLINE_BYTES);
  bytes.set(CloseUp.sample({ ...mask, channels: 1 }, map, size), OUTLINE_BYTES + 3 * pixels(size));
  return bytes;
}

const further = ({ along, across }: CloseUp.Margins): CloseUp.Margins => ({
  along: along * FURTHER.along,
  across: across * FURTHER.across,
});

/** The whole picture in an example's bytes, which it shares. */
export function wholeOf(bytes: Uint8Array, { whole }: ExampleShape): Source {
  const area = pixels(whole);
  return { ...whole, photo: bytes.subarray(0, 3 * area), mask: bytes.subarray(3 * area, 4 * area) };
}

/** The surroundings in an example's bytes, which they share; null where there are none. */
export function surroundingsOf(bytes: Uint8Array, { whole, closeUp }: ExampleShape): Surroundings | null {
  if (!closeUp) return null;
  const own = bytes.subarray(4 * pixels(whole));
  const [x, y, angle, length, breadth] = new Float64Array(own.slice(0, OUTLINE_BYTES).buffer);
  if (length === 0) return null;
  const outline = { x, y, angle, length, breadth };
  const size = surroundingsSize(closeUp);
  const maskAt = OUTLINE_BYTES + 3 * pixels(size);
  return {
    ...size,
    photo: own.subarray(OUTLINE_BYTES, maskAt),
    mask: own.subarray(maskAt),
    outline,
    fromPicture: CloseUp.invert(CloseUp.closeUp(outline, further(closeUp), size)),
  };
}
