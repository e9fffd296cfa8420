import type { Blobs, Dataset, Evaluation } from "@sluice/core";
import type { Predictor } from "@sluice/serving/predictor/index";
import { renderComparison } from "../pictures";
import { readPhoto, readTruth } from "./test-split";

const WORST = 10;
const BEST = 6;

/** An answer worth seeing. */
export interface Overlay {
  kind: "worst" | "best";
  image: Evaluation.PerImage;
  jpeg: Buffer;
}

/**
 * Pictures of the ten worst and the six best answers by Dice: `worst-1-<id>.jpg` is the worst. No picture is in both.
 *
 * @param prefix where they go; what lies there is replaced
 * @returns them, the worst first, then the best first
 */
export async function writeOverlays(
  input: {
    predictor: Pick<Predictor, "predict">;
    report: Evaluation.Report;
    pairs: Dataset.Pair[];
    prefix: string;
  },
  world: { blobs: Blobs },
): Promise<Overlay[]> {
  for (const key of await world.blobs.list(input.prefix)) await world.blobs.remove(key);
  const { worst, best } = extremes(input.report.images);
  const pairs = new Map(input.pairs.map((pair) => [pair.id, pair]));
  const overlays: Overlay[] = [];
  const write = async (kind: "worst" | "best", rank: number, image: Evaluation.PerImage) => {
    const pair = pairs.get(image.id);
    if (!pair) return;
    const photo = await readPhoto(pair, world);
    const { mask: predicted } = await input.predictor.predict(photo, pair.id);
    const truth = await readTruth(pair, world);
    const jpeg = await renderComparison(photo, {
      truth,
      predicted,
      caption: captionOf(image),
      name: pair.id,
    });
    await world.blobs.put(`${input.prefix}${kind}-${rank}-${plain(pair.id)}.jpg`, jpeg);
    overlays.push({ kind, image, jpeg });
  };
  for (const [i, image] of worst.entries()) await write("worst", i + 1, image);
  for (const [i, image] of best.entries()) await write("best", i + 1, image);
  return overlays;
}

/** The worst first, and the best first; of a small split the worse half are the worst. */
export function extremes(images: readonly Evaluation.PerImage[]) {
  const sorted = [...images].sort((a, b) => a.dice - b.dice || (a.id < b.id ? -1 : 1));
  const worst = sorted.slice(0, Math.min(WORST, Math.ceil(sorted.length / 2)));
  return { worst, best: sorted.slice(worst.length).slice(-BEST).reverse() };
}

function captionOf({ id, dice, iou, boundaryPx }: Evaluation.PerImage): string {
  const edge = boundaryPx === null ? [] : [`edge off by ${boundaryPx.toFixed(1)} px`];
  return [`Dice ${dice.toFixed(3)}`, `IoU ${iou.toFixed(3)}`, ...edge, id].join("  ");
}

/** An id as part of a file name. */
const plain = (id: string) => id.replace(/[^\w.-]+/g, "_").slice(0, 80);
