import * as z from "zod";
import { PairId, Sha256 } from "../ids";
import { Fault } from "./report";
import { ValidPair } from "./validated";

/** The files of one id, by their names in the batch. */
export const Group = z.object({ id: PairId, photos: z.array(z.string()), masks: z.array(z.string()) });
export type Group = z.infer<typeof Group>;

/** What a batch's names say before any file is read. */
export const Outline = z.object({
  ids: z.number().int().nonnegative(),
  faults: z.array(Fault),
  warnings: z.array(Fault),
});
export type Outline = z.infer<typeof Outline>;

/** What was found by looking into the files of some ids. */
export const PartFindings = z.object({
  /** Both files could be read; those of ids with a fault are sorted out when the parts are merged. */
  pairs: z.array(ValidPair),
  faults: z.array(Fault),
  mismatches: z.array(Fault),
  warnings: z.array(Fault),
  /** SHA-256 of each photo's upright pixels: the same photo may be in two parts. */
  photos: z.array(z.object({ id: PairId, name: z.string(), pixels: Sha256 })),
});
export type PartFindings = z.infer<typeof PartFindings>;

export interface Findings {
  /** Without a fault, sorted by id. */
  pairs: ValidPair[];
  faults: Fault[];
  warnings: Fault[];
}

/** All that is said of a batch. @param parts in the order of their ids */
export function merge(batch: string, outline: Outline, parts: readonly PartFindings[]): Findings {
  const faults = [
    ...outline.faults,
    ...parts.flatMap((part) => part.faults),
    ...parts.flatMap((part) => part.mismatches),
    ...samePhotos(parts),
  ];
  if (outline.ids === 0 && faults.length === 0) faults.push(empty(batch));
  const faulty = new Set(faults.map(({ file }) => file));
  const isGood = ({ files }: ValidPair) => !faulty.has(files.photo) && !faulty.has(files.mask);
  return {
    pairs: parts.flatMap((part) => part.pairs.filter(isGood)),
    faults,
    warnings: [...outline.warnings, ...parts.flatMap((part) => part.warnings)],
  };
}

function samePhotos(parts: readonly PartFindings[]): Fault[] {
  const first = new Map<string, { id: string; name: string }>();
  return parts.flatMap(({ photos }) =>
    photos.flatMap(({ id, name, pixels }) => {
      const other = first.get(pixels);
      if (!other) first.set(pixels, { id, name });
      if (!other || other.id === id) return [];
      const message = `shows the very picture of ${other.name}`;
      return [{ code: "same_photo" as const, file: name, message, hint: "Keep one of the two pairs." }];
    }),
  );
}

const empty = (batch: string): Fault => ({
  code: "empty_batch",
  file: batch,
  message: "holds no photos and no masks",
  hint: "Put photos into images/ and their masks into masks/.",
});
