import { assign, type Known } from "../split";
import type { ValidPair } from "../validation/validated";
import type { Pair } from "./pair";

/** What a batch does to the pairs of its ids: who is new, who changes, who is as before. */
export interface Merge {
  /** New and changed pairs, as they will be. */
  written: Pair[];
  added: string[];
  /** Same photo, other mask. */
  relabelled: string[];
  /** Same id, other photo. */
  rephotographed: string[];
  unchanged: string[];
}

/**
 * Merges a batch into its parent. A pair keeps its split for ever, also when its mask or its photo is replaced,
 * with one exception: a pair that gets a photo near one that is held out is held out with it.
 *
 * @param current the parent's pairs, those with the batch's ids among them
 * @param known every photo that the dataset ever held
 */
export function merge(
  batch: string,
  incoming: readonly ValidPair[],
  current: ReadonlyMap<string, Pair>,
  known: readonly Known[],
): Merge {
  const splits = splitNewPhotos(incoming, current, known);
  const merged: Merge = { written: [], added: [], relabelled: [], rephotographed: [], unchanged: [] };
  for (const { files: _, ...facts } of incoming) {
    const before = current.get(facts.id);
    const change = changeOf(before, facts);
    merged[change].push(facts.id);
    const split = splits.get(facts.id) ?? before?.split;
    if (change !== "unchanged" && split) merged.written.push({ ...facts, split, batch });
  }
  return merged;
}

function changeOf(before: Pair | undefined, after: Pick<Pair, "photo" | "mask">) {
  if (!before) return "added";
  if (before.photo.sha256 !== after.photo.sha256) return "rephotographed";
  return before.mask.sha256 === after.mask.sha256 ? "unchanged" : "relabelled";
}

/** A replaced photo counts as known with its pair's split, so that it stays there and draws others to it. */
function splitNewPhotos(
  incoming: readonly ValidPair[],
  current: ReadonlyMap<string, Pair>,
  known: readonly Known[],
) {
  const unseen = incoming.filter(({ id, photo }) => current.get(id)?.photo.sha256 !== photo.sha256);
  const replaced = unseen.flatMap(({ id, phash }) => {
    const before = current.get(id);
    return before ? [{ phash, split: before.split }] : [];
  });
  const newcomers = unseen.map(({ phash, photo }) => ({ phash, photoSha256: photo.sha256 }));
  const splits = assign(newcomers, [...known, ...replaced]);
  return new Map(unseen.map(({ id }, i) => [id, splits[i]]));
}
