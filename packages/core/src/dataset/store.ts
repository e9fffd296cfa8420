import type { BatchFiles } from "../batch/source";
import { SluiceError } from "../errors";
import { mapLimit } from "../map-limit";
import type { Blobs } from "../ports";
import { plainMask } from "../validation/mask-file";
import type { ValidPair } from "../validation/validated";
import { sha256, storedKey } from "./files";
import type { Stored } from "./pair";

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
