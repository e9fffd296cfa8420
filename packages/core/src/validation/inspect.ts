import { openBatch } from "../batch/open";
import type { Refusal } from "../batch/refusal";
import type { BatchFiles } from "../batch/source";
import { isSluiceError } from "../errors";
import { mapLimit } from "../map-limit";
import type { Blobs } from "../ports";
import type { MaskPolicy } from "../settings";
import { classify, type Named, unpaired } from "./classify";
import { inspectMask, type MaskFacts } from "./mask-file";
import { type Inspected, inspectPhoto, type PhotoFacts } from "./photo-file";
import type { Fault } from "./report";
import type { ValidPair } from "./validated";

/** Ids inspected at once: four photos of 25 megapixels take about 500 MB. */
const AT_ONCE = 4;

export interface Findings {
  /** Without a fault, sorted by id. */
  pairs: ValidPair[];
  faults: Fault[];
  warnings: Fault[];
}
type Seen<T> = Named & Inspected<T> & { warnings: Fault[] };
type Id = { photos: Seen<PhotoFacts>[]; masks: Seen<MaskFacts>[] };

/** Looks at every file of a batch. Throws `batch.incomplete`. */
export async function inspectBatch(batch: string, policy: MaskPolicy, blobs: Blobs): Promise<Findings> {
  const { files, faults: refused } = await opened(batch, blobs);
  const sorted = classify(files.names);
  const ids = [...new Set([...sorted.photos, ...sorted.masks].map(({ id }) => id))].sort();
  const photos = grouped(sorted.photos);
  const masks = grouped(sorted.masks);
  const seen = await mapLimit(
    ids,
    AT_ONCE,
    async (id): Promise<Id> => ({
      photos: await lookAll(photos.get(id) ?? [], files, inspectPhoto),
      masks: await lookAll(masks.get(id) ?? [], files, (body, name) => inspectMask(body, name, policy)),
    }),
  );

  const looks = seen.flatMap((id) => [...id.photos, ...id.masks]);
  const faults = [
    ...refused.map((fault) => ({ ...fault, file: fault.file || `${batch}.zip` })),
    ...sorted.faults,
    ...unpaired(sorted, refused),
    ...looks.flatMap((look) => look.faults),
    ...seen.flatMap(sizeMismatch),
    ...samePhotos(seen.flatMap((id) => id.photos)),
  ];
  if (ids.length === 0 && faults.length === 0) faults.push(empty(batch));
  const faulty = new Set(faults.map(({ file }) => file));
  const pairs = seen.flatMap(pairOf).filter(({ files: f }) => !faulty.has(f.photo) && !faulty.has(f.mask));
  return { pairs, faults, warnings: [...sorted.warnings, ...looks.flatMap((look) => look.warnings)] };
}

/** A zip that is no zip is a fault of the batch, not of the run. */
async function opened(batch: string, blobs: Blobs): Promise<{ files: BatchFiles; faults: Refusal[] }> {
  try {
    const files = await openBatch(batch, { blobs });
    return { files, faults: files.faults };
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "input.unreadable") throw error;
    const files = { names: [], read: () => Promise.reject(error) };
    return { files, faults: [{ code: "zip_damaged", file: "", message: error.message, hint: error.hint }] };
  }
}

function grouped(files: readonly Named[]): Map<string, Named[]> {
  const groups = new Map<string, Named[]>();
  for (const file of files) groups.set(file.id, [...(groups.get(file.id) ?? []), file]);
  return groups;
}

type Look<T> = (body: Buffer, name: string) => Promise<Inspected<T> & { warnings?: Fault[] }>;

/** One after the other: the limit on what is in memory counts ids. */
async function lookAll<T>(files: readonly Named[], from: BatchFiles, look: Look<T>): Promise<Seen<T>[]> {
  const seen: Seen<T>[] = [];
  for (const file of files) {
    const found = await from.read(file.name).then((body) => look(body, file.name), unreadable(file.name));
    seen.push({ warnings: [], ...found, ...file });
  }
  return seen;
}

const unreadable = (file: string) => (error: unknown) => {
  if (!isSluiceError(error) || error.code !== "input.unreadable") throw error;
  return { faults: [{ code: "unreadable" as const, file, message: error.message, hint: error.hint }] };
};

function sizeMismatch({ photos: [photo], masks: [mask] }: Id): Fault[] {
  if (!photo?.size || !mask?.size) return [];
  const [p, m] = [photo.size, mask.size];
  if (p.width === m.width && p.height === m.height) return [];
  const isTurned = p.width === m.height && p.height === m.width;
  return [
    {
      code: "size_mismatch",
      file: mask.name,
      message: `is ${m.width}x${m.height} px, its photo ${p.width}x${p.height} px once turned upright by EXIF`,
      hint: isTurned ? "Draw the mask on the upright photo." : "Draw the mask at the photo's size.",
    },
  ];
}

function samePhotos(photos: readonly Seen<PhotoFacts>[]): Fault[] {
  const first = new Map<string, Named>();
  return photos.flatMap(({ id, name, facts }) => {
    if (!facts) return [];
    const other = first.get(facts.pixels);
    if (!other) first.set(facts.pixels, { id, name });
    if (!other || other.id === id) return [];
    const message = `shows the very picture of ${other.name}`;
    return [{ code: "same_photo", file: name, message, hint: "Keep one of the two pairs." }];
  });
}

const empty = (batch: string): Fault => ({
  code: "empty_batch",
  file: batch,
  message: "holds no photos and no masks",
  hint: "Put photos into images/ and their masks into masks/.",
});

function pairOf({ photos: [photo], masks: [mask] }: Id): ValidPair[] {
  if (!photo?.facts || !mask?.facts) return [];
  const { pixels: _, ...facts } = photo.facts;
  return [{ id: photo.id, ...facts, ...mask.facts, files: { photo: photo.name, mask: mask.name } }];
}
