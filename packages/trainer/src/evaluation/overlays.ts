import type { Blobs, Dataset, Evaluation } from "@sluice/core";
import type { Predictor } from "@sluice/serving/predictor/index";
import { renderComparison } from "../pictures";
import { readPhoto, readTruth } from "./test-split";

const EACH = 6;

/**
 * Pictures of the worst and the best answers by Dice: `worst-1-<id>.jpg` is the worst. No picture is in both.
 *
 * @param prefix where they go; what lies there is replaced
 */
export async function writeOverlays(
  input: { predictor: Predictor; report: Evaluation.Report; pairs: Dataset.Pair[]; prefix: string },
  world: { blobs: Blobs },
): Promise<void> {
  for (const key of await world.blobs.list(input.prefix)) await world.blobs.remove(key);
  const { worst, best } = extremes(input.report.images);
  const pairs = new Map(input.pairs.map((pair) => [pair.id, pair]));
  const write = async (kind: "worst" | "best", rank: number, { id, dice, iou }: Evaluation.PerImage) => {
    const pair = pairs.get(id);
    if (!pair) return;
    const photo = await readPhoto(pair, world);
    const { mask: predicted } = await input.predictor.predict(photo, id);
    const truth = await readTruth(pair, world);
    const caption = `Dice ${dice.toFixed(3)}  IoU ${iou.toFixed(3)}  ${id}`;
    const picture = await renderComparison(photo, { truth, predicted, caption, name: id });
    await world.blobs.put(`${input.prefix}${kind}-${rank}-${plain(id)}.jpg`, picture);
  };
  for (const [i, image] of worst.entries()) await write("worst", i + 1, image);
  for (const [i, image] of best.entries()) await write("best", i + 1, image);
}

/** The worst first, and the best first; half of a small split each. */
export function extremes(images: readonly Evaluation.PerImage[]) {
  const sorted = [...images].sort((a, b) => a.dice - b.dice || (a.id < b.id ? -1 : 1));
  const worst = sorted.slice(0, Math.min(EACH, Math.ceil(sorted.length / 2)));
  return { worst, best: sorted.slice(worst.length).slice(-EACH).reverse() };
}

/** An id as part of a file name. */
const plain = (id: string) => id.replace(/[^\w.-]+/g, "_").slice(0, 80);
