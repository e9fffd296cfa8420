import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { drawSample, type Look, type Sample } from "./draw";

export { type Damage, damagedCopy } from "./damage";
export type { Look, Sample } from "./draw";

export interface Order extends Look {
  count: number;
  seed: number;
  /** Number of the first picture, so that a second order goes on where the first ended. */
  first?: number;
}

/** Photos of water meters that never were, with the masks of their reading windows, one after the other. */
export async function* drawSamples({ count, seed, first = 0, ...look }: Order): AsyncIterable<Sample> {
  // Two at once keep both cores busy: sharp draws outside of this thread.
  let ahead = drawSample(seed, first, look);
  for (let index = first; index < first + count; index++) {
    const current = ahead;
    if (index + 1 < first + count) ahead = drawSample(seed, index + 1, look);
    yield await current;
  }
}

/** The same as files: `images/<id>.jpg` and `masks/<id>.png` under the folder. Returns the ids. */
export async function writeSamples(folder: string, order: Order): Promise<string[]> {
  await mkdir(join(folder, "images"), { recursive: true });
  await mkdir(join(folder, "masks"), { recursive: true });
  const ids: string[] = [];
  for await (const { id, photo, mask } of drawSamples(order)) {
    await writeFile(join(folder, "images", `${id}.jpg`), photo);
    await writeFile(join(folder, "masks", `${id}.png`), mask);
    ids.push(id);
  }
  return ids;
}
