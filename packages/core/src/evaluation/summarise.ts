import { calibrate } from "./calibration";
import { type Means, type PerImage, type Report, Slice } from "./report";

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

function means(images: readonly PerImage[]): Means {
  const distances = images.flatMap(({ boundaryPx }) => (boundaryPx === null ? [] : [boundaryPx]));
  return {
    count: images.length,
    dice: images.length > 0 ? mean(images.map((i) => i.dice)) : 0,
    iou: images.length > 0 ? mean(images.map((i) => i.iou)) : 0,
    boundaryPx: distances.length > 0 ? mean(distances) : null,
  };
}

/** Means over all images and over each slice that has any, and the calibration; of no image the scores are 0. */
export function summarise(
  images: readonly PerImage[],
): Pick<Report, "dice" | "iou" | "boundaryPx" | "slices" | "calibration"> {
  const slices: Report["slices"] = {};
  for (const slice of Slice.options) {
    const inside = images.filter((image) => image.slices.includes(slice));
    if (inside.length > 0) slices[slice] = means(inside);
  }
  const { dice, iou, boundaryPx } = means(images);
  return { dice, iou, boundaryPx, slices, calibration: calibrate(images) };
}
