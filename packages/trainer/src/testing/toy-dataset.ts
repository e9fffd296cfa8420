import { type Blobs, Dataset, Photo } from "@sluice/core";
import { describe } from "@sluice/core/dataset/files";
import { EMPTY, writeRoot, writeTouched } from "@sluice/core/dataset/manifest";
import sharp from "sharp";
import { brightRectangles } from "./bright-rectangle";

const SIDE = 32;

/** A real dataset version of small photos with bright rectangles. @returns the version */
export async function writeToyDataset(
  counts: Record<Dataset.Split, number>,
  world: { blobs: Blobs },
): Promise<string> {
  const pairs: Dataset.Pair[] = [];
  for (const split of Dataset.Split.options) {
    const pictures = brightRectangles(counts[split], SIDE, split.length);
    for (const [i, { photo, mask }] of pictures.entries()) {
      const picture = sharp(photo, { raw: { width: SIDE, height: SIDE, channels: 3 } });
      pairs.push({
        id: `${split}_${i}`,
        split,
        photo: await store(await picture.png().toBuffer(), world),
        mask: await store(await Photo.maskPng(mask, SIDE, SIDE), world),
        width: SIDE,
        height: SIDE,
        orientation: 1,
        areaPx: mask.filter((v) => v > 0).length,
        brightness: 60,
        phash: "0".repeat(16),
        batch: "toy",
      });
    }
  }
  return writeRoot(await writeTouched(EMPTY, new Map(), pairs, world.blobs), world.blobs);
}

async function store(bytes: Buffer, { blobs }: { blobs: Blobs }): Promise<Dataset.Stored> {
  const stored = describe(bytes);
  await blobs.put(Dataset.storedKey(stored), bytes);
  return stored;
}
