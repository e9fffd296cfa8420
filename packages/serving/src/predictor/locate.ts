import { type Bundle, CloseUp, type Photo, type Size } from "@sluice/core";
import { sumOf } from "@sluice/core/kernels/index";
import { askBothViews, askMirrored, type Network } from "./views";

/** A finding that needs no second opinion: so sure of its pixels, and so much of all that was found. */
const CLEAR = { sure: 0.92, share: 0.9 };
/** Of the threshold: a locator that is only half sure has found enough for a closer look. */
const HALF_SURE = 0.5;
/** Sides of the part that is looked at again, of the photo's: docs/benchmarks.md. */
const PART = 0.8;

/**
 * Where the locator finds the window, in px of the view; null where it finds none.
 *
 * Where its answer to the photo is not clear, the mirror image has its say, and then as much the part of the photo around
 * what both found.
 *
 * @param picture the view at the locator's size; @param threshold of the bundle: half of it is found, for a closer look
 */
export async function locateWindow(
  view: Photo.View,
  picture: Uint8Array,
  locator: Bundle.Locator,
  threshold: number,
  ask: Network,
): Promise<CloseUp.Outline | null> {
  const toView = CloseUp.stretched(locator, view);
  const outline = (probabilities: Float32Array, map = toView) =>
    largestOutline(probabilities, locator, map, threshold * HALF_SURE);
  const atFirst = await ask(picture);
  if (isClear(atFirst, locator)) return outline(atFirst);

  const whole = await askMirrored(ask, picture, locator, atFirst);
  const found = outline(whole);
  if (!found || !fitsIntoPart(found, view)) return found;
  const partToView = partAround(found, view, locator);
  const part = CloseUp.sample({ ...view, channels: 3 }, partToView, locator);
  const closer = await askBothViews(ask, part, locator);
  const before = samplePart(whole, locator, CloseUp.compose(CloseUp.invert(toView), partToView));
  const mean = closer.map((probability, i) => (probability + before[i]) / 2);
  return outline(mean, partToView) ?? found;
}

/** The outline of the area with most probability, in the px that `map` leads to; null where nothing reaches the threshold. */
export function largestOutline(
  probabilities: Float32Array,
  size: Size,
  map: CloseUp.Affine,
  threshold: number,
): CloseUp.Outline | null {
  const area = CloseUp.largestArea(probabilities, size, threshold);
  return area && CloseUp.outlineOf(probabilities, area, size, map);
}

/** Whether one area holds nearly all that was found, and is sure of it. */
function isClear(probabilities: Float32Array, size: Size): boolean {
  const { sure, share } = CLEAR;
  const area = CloseUp.largestArea(probabilities, size, 0.5);
  if (!area || area.sum < sure * area.count) return false;
  return area.sum >= share * sumOf(probabilities);
}

function fitsIntoPart({ angle, length, breadth }: CloseUp.Outline, { width, height }: Size): boolean {
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  return cos * length + sin * breadth <= PART * width && sin * length + cos * breadth <= PART * height;
}

/** From the pixels of the part of the view with an outline in its middle, or as near as the edge allows, to the view's. */
function partAround({ x, y }: CloseUp.Outline, { width, height }: Size, size: Size): CloseUp.Affine {
  const part = { width: PART * width, height: PART * height };
  const [a, b, c, d, e, f] = CloseUp.stretched(size, part);
  const start = (middle: number, length: number, all: number) =>
    Math.min(Math.max(middle - length / 2, 0), all - length);
  return [a, b, c + start(x, part.width, width), d, e, f + start(y, part.height, height)];
}

/** Probabilities at other places, to the nearest 255th. */
function samplePart(probabilities: Float32Array, { width, height }: Size, map: CloseUp.Affine): Float32Array {
  const data = Uint8Array.from(probabilities, (probability) => Math.round(255 * probability));
  const sampled = CloseUp.sample({ data, width, height, channels: 1 }, map, { width, height });
  return Float32Array.from(sampled, (value) => value / 255);
}
