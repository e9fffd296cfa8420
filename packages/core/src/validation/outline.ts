import { openBatch } from "../batch/open";
import type { Refusal } from "../batch/refusal";
import { isSluiceError } from "../errors";
import type { Blobs } from "../ports";
import { classify, type Named, unpaired } from "./classify";
import type { Group, Outline } from "./findings";

/** What a batch's names say, and its ids with their files, sorted. Throws `batch.incomplete`. */
export async function outline(batch: string, blobs: Blobs): Promise<{ outline: Outline; groups: Group[] }> {
  const { names, faults: refused } = await opened(batch, blobs);
  const sorted = classify(names);
  const groups = grouped(sorted);
  const faults = [
    ...refused.map((fault) => ({ ...fault, file: fault.file || `${batch}.zip` })),
    ...sorted.faults,
    ...unpaired(sorted, refused),
  ];
  return { outline: { ids: groups.length, faults, warnings: sorted.warnings }, groups };
}

/** A zip that is no zip is a fault of the batch, not of the run. */
async function opened(batch: string, blobs: Blobs): Promise<{ names: string[]; faults: Refusal[] }> {
  try {
    return await openBatch(batch, { blobs });
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "input.unreadable") throw error;
    return {
      names: [],
      faults: [{ code: "zip_damaged", file: "", message: error.message, hint: error.hint }],
    };
  }
}

function grouped({ photos, masks }: { photos: Named[]; masks: Named[] }): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (id: string) => {
    const group = groups.get(id) ?? { id, photos: [], masks: [] };
    groups.set(id, group);
    return group;
  };
  for (const { id, name } of photos) groupOf(id).photos.push(name);
  for (const { id, name } of masks) groupOf(id).masks.push(name);
  return [...groups.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
