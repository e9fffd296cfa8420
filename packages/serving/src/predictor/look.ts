import { type Bundle, CloseUp, Photo } from "@sluice/core";
import { maskCanvas, type Segmentation, type Size } from "./canvas";
import { segmentCloseUp } from "./close-up-mask";
import { segment } from "./mask";

/** A network. @param photos [n, 3, height, width], RGB in 0..1. @returns logits, [n, 1, height, width] */
export type Network = (photos: Float32Array) => Promise<Float32Array>;
/** The networks of a bundle's stages, in their order: served by onnxruntime, or the trainer's own. */
export type Networks = [first: Network, refiner?: Network];

/** A locator that is only half sure has found enough for a closer look. */
const HALF_SURE = 0.5;
/** A close-up shows the window better than what it was placed by, so the next one is better placed. */
const CLOSE_LOOKS = 4;
/** An outline that moved and grew by less than this share of its sides is where it belongs. */
const SETTLED = 0.05;

/**
 * From a photo to its mask: the first network sees the whole photo; a refiner then looks again, closely, at the
 * largest area found, turned level, and again at what it found there. Serving, evaluation and the trainer's own masks
 * all come here.
 */
export async function look(
  view: Photo.View,
  { stages, threshold }: Pick<Bundle.Bundle, "stages" | "threshold">,
  [locate, refine]: Networks,
): Promise<Segmentation> {
  const [first, second] = stages;
  const whole = sigmoid(await locate(planes(await Photo.fitted(view, first))));
  if (!second || !refine) return segment(whole, first, view.photo, threshold);
  const located = locatedOutline(whole, first, scaling(first, view), threshold * HALF_SURE);
  if (!located) return maskCanvas(view.photo, threshold).done();
  const { map, probabilities } = await lookUntilSettled(view, located, second, threshold, refine);
  const toPhoto = CloseUp.compose(scaling(view, view.photo), map);
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

/** The refiner's probabilities for a close-up, [height * width]: the mean of what it answers to it and to its mirror image. */
async function lookClosely(
  view: Photo.View,
  map: CloseUp.Affine,
  size: Size,
  refine: Network,
): Promise<Float32Array> {
  const pixels = CloseUp.sample({ ...view, channels: 3 }, map, size);
  return meanOfMirrored(await refine(withMirrorImage(planes(pixels), size)), size);
}

/** The largest area's outline, in the px that `map` leads to; null where nothing reaches the threshold. */
function locatedOutline(probabilities: Float32Array, size: Size, map: CloseUp.Affine, threshold: number) {
  const blob = CloseUp.largestBlob(probabilities, size, threshold);
  return blob && CloseUp.outlineOf(blob, size, map);
}

/** From one picture's pixels to those of the same picture at another size. */
function scaling(from: Size, to: Size): CloseUp.Affine {
  const [x, y] = [to.width / from.width, to.height / from.height];
  return [x, 0, (x - 1) / 2, 0, y, (y - 1) / 2];
}

/** [h, w, 3] uint8 → [3, h, w] float32 in 0..1: what a network's input `photo` is. */
export function planes(rgb: Uint8Array): Float32Array {
  const plane = rgb.length / 3;
  const out = new Float32Array(rgb.length);
  for (let i = 0; i < plane; i++) {
    out[i] = rgb[3 * i] / 255;
    out[plane + i] = rgb[3 * i + 1] / 255;
    out[2 * plane + i] = rgb[3 * i + 2] / 255;
  }
  return out;
}

/** [3, h, w] → [2, 3, h, w]: the picture, then the same mirrored left to right. */
function withMirrorImage(planes: Float32Array, { width }: Size): Float32Array {
  const out = new Float32Array(2 * planes.length);
  out.set(planes);
  for (let i = 0; i < planes.length; i++) {
    const column = i % width;
    out[planes.length + i - column + (width - 1 - column)] = planes[i];
  }
  return out;
}

/** [2, 1, h, w] logits → [h * w] mean probabilities, the second turned back. */
function meanOfMirrored(logits: Float32Array, { width, height }: Size): Float32Array {
  const probabilities = sigmoid(logits);
  const area = width * height;
  const out = new Float32Array(area);
  for (let i = 0; i < area; i++) {
    const column = i % width;
    out[i] = (probabilities[i] + probabilities[area + i - column + (width - 1 - column)]) / 2;
  }
  return out;
}

const sigmoid = (logits: Float32Array): Float32Array => logits.map((logit) => 1 / (1 + Math.exp(-logit)));
