import { type Bundle, CloseUp, Photo, type Size } from "@sluice/core";
import { canvas, type Segmentation } from "./canvas";
import { segmentCloseUp } from "./close-up-mask";
import { largestOutline, locateWindow } from "./locate";
import { segment } from "./mask";
import { askBothViews, type Network } from "./views";

export type { Network } from "./views";

/** The networks of a bundle's stages, in their order: served by onnxruntime, or the trainer's own. */
export type Networks = [first: Network, refiner?: Network];

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
  [ask, refine]: Networks,
): Promise<Segmentation> {
  const [first, second] = stages;
  const picture = Photo.fitted(view, first);
  if (first.role === "segmenter" || !second || !refine) {
    return segment(await ask(picture), first, view.photo, threshold);
  }
  const located = await locateWindow(view, picture, first, threshold, ask);
  if (!located) return canvas(view.photo, threshold).done();
  const { map, probabilities } = await lookUntilSettled(view, located, second, threshold, refine);
  const toPhoto = CloseUp.compose(CloseUp.stretched(view, view.photo), map);
  return segmentCloseUp(probabilities, second, toPhoto, view.photo, threshold);
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
    const found = largestOutline(probabilities, refiner, map, threshold);
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
  return askBothViews(refine, picture, size);
}
