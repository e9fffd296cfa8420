import * as Photo from "@sluice/core/photo/index";
import sharp from "sharp";
import { applyAugmentation } from "../augmentation/apply";
import { IDENTITY, planAugmentation } from "../augmentation/plan";
import { type Batch, foldedPositions } from "./batch";

/** One split in memory, at model size. */
export interface Examples {
  count: number;
  size: number;
  /** [count, size, size, 3] uint8, RGB */
  photos: Uint8Array;
  /** [count, size, size] uint8, 0..255: the share of each pixel that is foreground */
  masks: Uint8Array;
}

export interface Splits {
  train: Examples;
  validation: Examples;
}

/** A photo and its mask as stored, and the name for messages. */
export interface Source {
  name: string;
  photo(): Promise<Uint8Array>;
  mask(): Promise<Uint8Array>;
}

const AT_ONCE = 4;

/**
 * Decodes each pair once. Memory: 4 * size² bytes per pair.
 *
 * @param onLoaded is told how many are there. Throws `photo.unreadable`.
 */
export async function loadExamples(
  sources: readonly Source[],
  size: number,
  onLoaded: (count: number) => void = () => {},
): Promise<Examples> {
  const area = size * size;
  const photos = new Uint8Array(sources.length * area * 3);
  const masks = new Uint8Array(sources.length * area);
  const waiting = sources.entries();
  let loaded = 0;
  const worker = async () => {
    for (const [index, source] of waiting) {
      photos.set(await Photo.modelInput(await source.photo(), size, source.name), index * area * 3);
      masks.set(await maskInput(await source.mask(), size, source.name), index * area);
      onLoaded(++loaded);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { count: sources.length, size, photos, masks };
}

async function maskInput(mask: Uint8Array, size: number, name: string): Promise<Uint8Array> {
  const { data, width, height } = await Photo.maskPixels(mask, name);
  return sharp(data, { raw: { width, height, channels: 1 } })
    .resize(size, size, { fit: "fill", kernel: "linear" })
    .extractChannel(0)
    .raw()
    .toBuffer();
}

/** Fills batches from one split. */
export function batchFiller(
  { photos, masks, size, count }: Examples,
  patch: 1 | 2 | 4,
): (batch: Batch, indices: readonly number[], drawn?: { seed: number; epoch: number }) => Batch {
  const area = size * size;
  const positions = foldedPositions({ size, patch });
  return (batch, indices, drawn) => {
    indices.forEach((index, slot) => {
      if (index >= count) throw new RangeError(`there is no example ${index}`);
      applyAugmentation(
        photos.subarray(index * area * 3, (index + 1) * area * 3),
        masks.subarray(index * area, (index + 1) * area),
        size,
        drawn ? planAugmentation(drawn.seed, drawn.epoch, index, size) : IDENTITY,
        {
          input: batch.input,
          inputOffset: slot * area * 3,
          target: batch.target,
          targetOffset: slot * area,
          positions,
        },
      );
    });
    return batch;
  };
}
