import { type Bundle, CloseUp, Photo, type Size } from "@sluice/core";
import { sumOf } from "@sluice/core/kernels/index";
import { canvas, type Segmentation } from "./canvas";
import { segmentCloseUp } from "./close-up-mask";
import { segment } from "./mask";
import { ALL_VIEWS, askOtherViews, askViews, type Network, UPRIGHT_VIEWS } from "./views";

export type { Network } from "./views";

/** The networks of a bundle's stages, in their order: served by onnxruntime, or the trainer's own. */
export type Networks = [first: Network, refiner?: Network];

/** A finding that needs no second opinion: so sure of its pixels, and so much of all that was found. */
const CLEAR = { sure: 0.92, share: 0.9 };
/** A locator that is only half sure has found enough for a closer look. */
const HALF_SURE = 0.5;
/** A close-up shows the window better than what it was placed by, so the next one is better placed. */
const CLOSE_LOOKS = 4;
/** An outline that moved and grew by less than this share of its sides is where it belongs. */
const SETTLED = 0.05;

/**
 * From a photo to its mask: the first network sees the whole photo; a refiner then looks again, closely, at the largest
 * area found, turned level, and again at what it found there. Serving, evaluation and the trainer's own masks all come
 * here.
 */
export async function look(
  view: Photo.View,
  { stages, threshold }: Pick<Bundle.Bundle, "stages" | "threshold">,
  [locate, refine]: Networks,
): Promise<Segmentation> {
  const [first, second] = stages;
  const picture = Photo.fitted(view, first);
  if (first.role === "segmenter" || !second || !refine) {
    return segment(await locate(picture), first, view.photo, threshold);
  }
  const whole = await locateFrom(locate, picture, first);
  const located = locatedOutline(whole, first, CloseUp.stretched(first, view), threshold * HALF_SURE);
  if (!located) return canvas(view.photo, threshold).done();
  const { map, probabilities } = await lookUntilSettled(view, located, second, threshold, refine);
  const toPhoto = CloseUp.compose(CloseUp.stretched(view, view.photo), map);
  return segmentCloseUp(probabilities, second, toPhoto, view.photo, threshold);
}

/**
 * The locator's probabilities, [height * width]: of the photo as it is, and where that is not clear, of other views of
 * it, too.
 */
async function locateFrom(
  locate: Network,
  picture: Uint8Array,
  locator: Bundle.Locator,
): Promise<Float32Array> {
  const atFirst = await locate(picture);
  if (isClear(atFirst, locator)) return atFirst;
  return askOtherViews(locate, picture, locator, locator.turned ? ALL_VIEWS : UPRIGHT_VIEWS, atFirst);
}

/** Whether one area holds nearly all that was found, and is sure of it. */
function isClear(probabilities: Float32Array, size: Size): boolean {
  const { sure, share } = CLEAR;
  const area = CloseUp.largestArea(probabilities, size, 0.5);
  if (!area || area.sum < sure * area.count) return false;
  return area.sum >= share * sumOf(probabilities);
}

/** Looks at the outline, then at what was found there, until that is the same. */
async function lookUntilSettled(
  view: Photo.View,
  located: CloseUp.Outline,
  refiner: Bundle.Refiner,
  threshold: number,
  refine: Network,
): Promise<{ map: CloseUp.Affine; probabilities: Float32Array }> {
  let outline = located;
  for (let looks = 1; ; looks++) {
    const map = CloseUp.closeUp(outline, refiner.closeUp, refiner);
    const probabilities = await lookClosely(view, map, refiner, refine);
    const found = locatedOutline(probabilities, refiner, map, threshold);
    if (!found || looks === CLOSE_LOOKS || isSettled(outline, found)) return { map, probabilities };
    outline = found;
  }
}

function isSettled(before: CloseUp.Outline, after: CloseUp.Outline): boolean {
  const turned = Math.abs(Math.sin(after.angle - before.angle)) * after.length;
  const moved = Math.hypot(after.x - before.x, after.y - before.y) + turned / 2;
  const grown =
    Math.abs(Math.log(after.length / before.length)) + Math.abs(Math.log(after.breadth / before.breadth));
  return moved < SETTLED * after.breadth * 2 && grown < 2 * SETTLED;
}

/** The refiner's probabilities for a close-up, [height * width]. */
async function lookClosely(
  view: Photo.View,
  map: CloseUp.Affine,
  size: Size,
  refine: Network,
): Promise<Float32Array> {
  const picture = CloseUp.sample({ ...view, channels: 3 }, map, size);
  return askViews(refine, picture, size, UPRIGHT_VIEWS);
}

/** The largest area's outline, in the px that `map` leads to; null where nothing reaches the threshold. */
function locatedOutline(probabilities: Float32Array, size: Size, map: CloseUp.Affine, threshold: number) {
  const area = CloseUp.largestArea(probabilities, size, threshold);
  return area && CloseUp.outlineOf(probabilities, area, size, map);
}
