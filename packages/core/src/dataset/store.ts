import type { BatchFiles } from "../batch/source";
import { sha256 } from "../digest";
import { SluiceError } from "../errors";
import { mapLimit } from "../map-limit";
import { maskPixels } from "../photo";
import type { Blobs } from "../ports";
import { plainMask } from "../validation/mask-file";
import type { ValidPair } from "../validation/validated";
import { bytes, storedKey } from "./files";
import type { Pair, Stored } from "./pair";

const WRITERS = 4;

/** Stores the batch's photos and masks under their hashes, those that are not there yet. */
export async function storeFiles(
  pairs: readonly ValidPair[],
  files: BatchFiles,
  blobs: Blobs,
): Promise<void> {
  await mapLimit(pairs, WRITERS, async ({ photo, mask, files: names }) => {
    await storeOnce(photo, names.photo, () => files.read(names.photo), blobs);
    await storeOnce(mask, names.mask, async () => plainMask(await files.read(names.mask), names.mask), blobs);
  });
}

async function storeOnce(stored: Stored, name: string, read: () => Promise<Buffer>, blobs: Blobs) {
  const key = storedKey(stored);
  if (await blobs.has(key)) return;
  const body = await read();
  if (sha256(body) !== stored.sha256) {
    throw new SluiceError("batch.rejected", `${name} has changed since it was validated`, "Push it again.");
  }
  await blobs.put(key, body, { ifAbsent: true });
}

/** A mask with the pixels of the one that is there is that one, whichever encoder wrote either. */
export const keepEqualMasks = (
  pairs: readonly ValidPair[],
  current: ReadonlyMap<string, Pair>,
  blobs: Blobs,
): Promise<ValidPair[]> =>
  mapLimit(pairs, WRITERS, async (pair) => {
    const before = current.get(pair.id);
    const mayBeEqual = before?.areaPx === pair.areaPx && before.photo.sha256 === pair.photo.sha256;
    if (!mayBeEqual || before.mask.sha256 === pair.mask.sha256) return pair;
    const pixels = async (mask: Stored) => (await maskPixels(await bytes(mask, { blobs }), pair.id)).data;
    const isEqual = (await pixels(before.mask)).equals(await pixels(pair.mask));
    return isEqual ? { ...pair, mask: before.mask } : pair;
  });
