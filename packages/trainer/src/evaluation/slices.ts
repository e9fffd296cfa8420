import type { Dataset, Evaluation } from "@sluice/core";

const DARK = 70;
const SMALL = 0.01;

/** The parts of the test split that a pair belongs to. */
export function slicesOf(
  pair: Pick<Dataset.Pair, "orientation" | "brightness" | "areaPx" | "width" | "height">,
): Evaluation.Slice[] {
  const slices: Evaluation.Slice[] = [];
  if (pair.orientation !== 1) slices.push("rotated");
  if (pair.brightness < DARK) slices.push("dark");
  if (pair.areaPx / (pair.width * pair.height) < SMALL) slices.push("small_window");
  return slices;
}
