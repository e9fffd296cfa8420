import { type Blobs, Dataset, SluiceError } from "@sluice/core";
import { type Examples, loadExamples, type Splits } from "./examples";

/**
 * The train and validation splits in memory, at model size.
 *
 * @param onLoaded is told the part that is there, 0..1
 * Throws `dataset.too_small`, `dataset.corrupt`, `photo.unreadable`.
 */
export async function loadSplits(
  pairs: readonly Dataset.Pair[],
  size: number,
  world: { blobs: Blobs },
  onLoaded: (fraction: number) => void,
): Promise<Splits> {
  const of = (split: Dataset.Split) => pairs.filter((pair) => pair.split === split);
  assertAllSplits(of("train").length, of("validation").length, of("test").length);
  const total = of("train").length + of("validation").length;
  const load = (split: Dataset.Split, before: number): Promise<Examples> =>
    loadExamples(
      of(split).map(({ id, photo, mask }) => ({
        name: id,
        photo: () => Dataset.bytes(photo, world),
        mask: () => Dataset.bytes(mask, world),
      })),
      size,
      (count) => onLoaded((before + count) / total),
    );
  const train = await load("train", 0);
  return { train, validation: await load("validation", train.count) };
}

function assertAllSplits(train: number, validation: number, test: number): void {
  if (train > 0 && validation > 0 && test > 0) return;
  throw new SluiceError(
    "dataset.too_small",
    `The dataset has ${train} training, ${validation} validation and ${test} test pairs; each needs at least one`,
    "Push more pairs: of a hundred, about ten go to validation and ten to the test split.",
  );
}
