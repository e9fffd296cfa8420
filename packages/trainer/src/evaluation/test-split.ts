import { type Blobs, Dataset, Photo, SluiceError } from "@sluice/core";

/** The frozen test split, in id order, so that two models' reports line up. */
export const testSplit = (pairs: readonly Dataset.Pair[]): Dataset.Pair[] =>
  pairs.filter((pair) => pair.split === "test").sort((a, b) => (a.id < b.id ? -1 : 1));

export const readPhoto = ({ photo }: Dataset.Pair, world: { blobs: Blobs }) => Dataset.bytes(photo, world);

/** A pair's true mask: [height * width] of the upright photo, 0 or 255. Throws `dataset.corrupt`. */
export async function readTruth(pair: Dataset.Pair, world: { blobs: Blobs }): Promise<Uint8Array> {
  const { data, width, height } = await Photo.maskPixels(
    await Dataset.bytes(pair.mask, world),
    `the mask of ${pair.id}`,
  );
  if (width === pair.width && height === pair.height) return data;
  throw new SluiceError(
    "dataset.corrupt",
    `The mask of ${pair.id} is ${width}x${height}, its photo ${pair.width}x${pair.height}`,
    "Push the photo again with a mask of its size.",
  );
}
