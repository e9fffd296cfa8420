import { type Blobs, Dataset, type Size, SluiceError, type Training } from "@sluice/core";
import { mapLimit } from "@sluice/core/map-limit";
import { locatorPlan, refinerPlan } from "../training/network-plan";
import { type ExampleShape, exampleBytes, exampleKey, makeExample } from "./example-file";
import type { ExampleStore } from "./example-store";
import { closeUpExamples, type Splits, wholeExamples } from "./examples";

/** The same pairs as each network takes them. */
export interface NetworkSplits {
  locator: Splits;
  refiner: Splits | null;
  /** Pairs that had to be decoded; the rest was in the store. */
  decoded: number;
}

const AT_ONCE = 4;

/**
 * The train and validation splits, decoded into the store where they are not there yet.
 *
 * @param onLoaded is told the part that is there, 0..1
 * Throws `dataset.too_small`, `dataset.corrupt`, `photo.unreadable`.
 */
export async function loadSplits(
  pairs: readonly Dataset.Pair[],
  recipe: Training.Recipe,
  world: { blobs: Blobs; store: ExampleStore },
  onLoaded: (fraction: number) => void,
): Promise<NetworkSplits> {
  const of = (split: Dataset.Split) => pairs.filter((pair) => pair.split === split);
  const [train, validation] = [of("train"), of("validation")];
  assertAllSplits(train.length, validation.length, of("test").length);
  const shape = exampleShape(recipe);
  const total = train.length + validation.length;
  let loaded = 0;
  let decoded = 0;
  const load = (pair: Dataset.Pair): Promise<string> =>
    example(pair, shape, world).then(({ file, wasThere }) => {
      if (!wasThere) decoded++;
      onLoaded(++loaded / total);
      return file;
    });
  const trainFiles = await mapLimit(train, AT_ONCE, load);
  const validationFiles = await mapLimit(validation, AT_ONCE, load);
  await world.store.trim();
  return { ...splitsOf(trainFiles, validationFiles, shape, recipe), decoded };
}

const exampleShape = ({ size, refiner }: Training.Recipe): ExampleShape => ({
  whole: { width: size, height: size },
  closeUp: refiner && {
    width: refiner.width,
    height: refiner.height,
    along: refiner.along,
    across: refiner.across,
  },
});

const example = (
  { id, photo, mask }: Dataset.Pair,
  shape: ExampleShape,
  { store, ...world }: { blobs: Blobs; store: ExampleStore },
) =>
  store.get(exampleKey(photo.sha256, mask.sha256, shape), exampleBytes(shape), async () =>
    makeExample(await Dataset.bytes(photo, world), await Dataset.bytes(mask, world), shape, id),
  );

function splitsOf(
  train: readonly string[],
  validation: readonly string[],
  shape: ExampleShape,
  recipe: Training.Recipe,
): Pick<NetworkSplits, "locator" | "refiner"> {
  const { augmentation, refiner } = recipe;
  const first = locatorPlan(recipe);
  const whole = (files: readonly string[], size: Size = first) =>
    wholeExamples(files, shape, { ...first, ...size }, augmentation);
  const locator: Splits = { train: whole(train), validation: whole(validation) };
  if (first.early) locator.early = whole(train, first.early);
  const plan = refinerPlan(recipe);
  if (!refiner || !plan) return { locator, refiner: null };
  const close = (files: readonly string[]) =>
    closeUpExamples(files, shape, { ...plan, along: refiner.along, across: refiner.across }, augmentation);
  return { locator, refiner: { train: close(train), validation: close(validation) } };
}

function assertAllSplits(train: number, validation: number, test: number): void {
  if (train > 0 && validation > 0 && test > 0) return;
  throw new SluiceError(
    "dataset.too_small",
    `The dataset has ${train} training, ${validation} validation and ${test} test pairs; each needs at least one`,
    "Push more pairs: of a hundred, about ten go to validation and ten to the test split.",
  );
}
