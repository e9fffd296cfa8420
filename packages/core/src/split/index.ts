import type { Split } from "../dataset/pair";
import { nearGroups } from "./near";

/** A photo of the dataset, as far as splitting goes. */
export interface Known {
  /** 16 hex digits. */
  phash: string;
  split: Split;
}
interface Newcomer {
  phash: string;
  photoSha256: string;
}

/** 80 % train, 10 % validation, 10 % test. @param photoSha256 64 hex digits */
export function splitOf(photoSha256: string): Split {
  const part = Number.parseInt(photoSha256.slice(0, 8), 16) / 2 ** 32;
  if (part < 0.8) return "train";
  return part < 0.9 ? "validation" : "test";
}

const STRICTEST: readonly Split[] = ["test", "validation", "train"];

/**
 * The split of each new photo. Near-duplicates, also by way of a third photo, share one: where one of them is
 * known, the known one's (test before validation before train, for what was ever tested on is never trained
 * on), else that of the smallest photo hash. So a photo without a near-duplicate gets its split by its own
 * bytes alone, whatever its name, its batch and the photos beside it.
 */
export function assign(newcomers: readonly Newcomer[], known: Iterable<Known>): Split[] {
  const { groupOf, splitsOf } = nearGroups(newcomers, known);
  const smallest = new Map<number, string>();
  for (const [i, { photoSha256 }] of newcomers.entries()) {
    const group = groupOf(i);
    const least = smallest.get(group);
    if (least === undefined || photoSha256 < least) smallest.set(group, photoSha256);
  }
  return newcomers.map(({ photoSha256 }, i) => {
    const group = groupOf(i);
    const found = splitsOf(group);
    return STRICTEST.find((split) => found.has(split)) ?? splitOf(smallest.get(group) ?? photoSha256);
  });
}
