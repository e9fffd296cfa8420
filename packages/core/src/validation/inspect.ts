import type { BatchFiles } from "../batch/source";
import { isSluiceError } from "../errors";
import { mapLimit } from "../map-limit";
import type { MaskPolicy } from "../settings";
import type { Named } from "./classify";
import type { Group, PartFindings } from "./findings";
import { inspectMask, type MaskFacts } from "./mask-file";
import { type Inspected, inspectPhoto, type PhotoFacts } from "./photo-file";
import type { Fault } from "./report";
import type { ValidPair } from "./validated";

/** Ids inspected at once: four photos of 25 megapixels take about 500 MB. */
const AT_ONCE = 4;

type Files = Pick<BatchFiles, "read">;
type Seen<T> = Named & Inspected<T> & { warnings: Fault[] };
type Id = { photos: Seen<PhotoFacts>[]; masks: Seen<MaskFacts>[] };

/** Looks into every file of some ids. */
export async function inspect(
  groups: readonly Group[],
  files: Files,
  policy: MaskPolicy,
): Promise<PartFindings> {
  const look = async ({ id, photos, masks }: Group): Promise<Id> => ({
    photos: await lookAll(id, photos, files, inspectPhoto),
    masks: await lookAll(id, masks, files, (body, name) => inspectMask(body, name, policy)),
  });
  const seen = await mapLimit(groups, AT_ONCE, look);
  const looks = seen.flatMap((id) => [...id.photos, ...id.masks]);
  return {
    pairs: seen.flatMap(pairOf),
    faults: looks.flatMap(({ faults }) => faults),
    mismatches: seen.flatMap(sizeMismatch),
    warnings: looks.flatMap(({ warnings }) => warnings),
    photos: seen.flatMap(({ photos }) =>
      photos.flatMap(({ id, name, facts }) => (facts ? [{ id, name, pixels: facts.pixels }] : [])),
    ),
  };
}

type Look<T> = (body: Buffer, name: string) => Promise<Inspected<T> & { warnings?: Fault[] }>;

/** One after the other: the limit on what is in memory counts ids. */
async function lookAll<T>(
  id: string,
  names: readonly string[],
  files: Files,
  look: Look<T>,
): Promise<Seen<T>[]> {
  const seen: Seen<T>[] = [];
  for (const name of names) {
    const found = await files.read(name).then((body) => look(body, name), unreadable(name));
    seen.push({ warnings: [], ...found, id, name });
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

function pairOf({ photos: [photo], masks: [mask] }: Id): ValidPair[] {
  if (!photo?.facts || !mask?.facts) return [];
  const { pixels: _, ...facts } = photo.facts;
  return [{ id: photo.id, ...facts, ...mask.facts, files: { photo: photo.name, mask: mask.name } }];
}
