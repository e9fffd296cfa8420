import type { PerImage, Report, Slice } from "./report";

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const means = (images: readonly PerImage[]) => ({
  count: images.length,
  dice: mean(images.map((i) => i.dice)),
  iou: mean(images.map((i) => i.iou)),
});

/** Means over all images and over each slice that has any. */
export function summarise(images: readonly PerImage[]): Pick<Report, "dice" | "iou" | "slices"> {
  const slices: Report["slices"] = {};
  for (const slice of new Set<Slice>(images.flatMap((image) => image.slices))) {
    slices[slice] = means(images.filter((image) => image.slices.includes(slice)));
  }
  const { dice, iou } = means(images);
  return { dice, iou, slices };
}
