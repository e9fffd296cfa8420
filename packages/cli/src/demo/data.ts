import { copyFile, link, mkdir, readdir, stat } from "node:fs/promises";
import { join, parse } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import { seededRandom } from "@sluice/core/random";
import { type Damage, damagedCopy, writeSamples } from "@sluice/samples";
import { DRAWN, FOLDER } from "./plan";

const LAYOUT = "Lay it out as DIR/images/<name>.jpg and DIR/masks/<name>.png.";

/** The three batches of a demo, as folders. */
export interface Batches {
  first: string;
  second: string;
  broken: string;
  counts: { first: number; second: number };
  damages: Damage[];
}

const foldersIn = (into: string) => ({
  first: join(into, "first"),
  second: join(into, "second"),
  broken: join(into, "broken"),
});

/** Photos drawn by code. */
export async function drawnBatches(into: string): Promise<Batches> {
  const { seed, first, second, spoilt } = DRAWN;
  const folders = foldersIn(into);
  await writeSamples(folders.first, { seed, count: first });
  await writeSamples(folders.second, { seed, first, count: second });
  const source = join(into, "to-be-spoilt");
  await writeSamples(source, { seed, first: first + second, count: spoilt });
  const damages = await damagedCopy(source, folders.broken);
  return { ...folders, counts: { first, second }, damages };
}

/** A folder's pairs, by a seeded shuffle; the folder is only read. Throws `batch.incomplete`. */
export async function folderBatches(from: string, into: string): Promise<Batches> {
  const folders = foldersIn(into);
  const pairs = shuffled(await pairsOf(from), FOLDER.seed);
  const first = Math.round(pairs.length * FOLDER.firstShare);
  await place(pairs.slice(0, first), folders.first);
  await place(pairs.slice(first), folders.second);
  const damages = await damagedCopy(from, folders.broken);
  return { ...folders, counts: { first, second: pairs.length - first }, damages };
}

/** Throws `input.unreadable` for a folder that is not there, `batch.incomplete` for one without enough pairs. */
export async function checkFolder(from: string): Promise<void> {
  if (!(await stat(from).catch(() => undefined))?.isDirectory()) {
    throw new SluiceError("input.unreadable", `${from} is no folder that is there`, LAYOUT);
  }
  await pairsOf(from);
}

interface Files {
  photo: string;
  mask: string;
}

async function pairsOf(from: string): Promise<Files[]> {
  const names = async (kind: string) =>
    readdir(join(from, kind)).catch((cause: Error) => {
      throw new SluiceError("batch.incomplete", `${from} has no folder ${kind}/`, LAYOUT, { cause });
    });
  const masks = new Map((await names("masks")).map((name) => [parse(name).name, join(from, "masks", name)]));
  const photos = (await names("images")).filter((name) => !name.startsWith(".")).sort();
  const pairs = photos.flatMap((name) => {
    const mask = masks.get(parse(name).name);
    return mask ? [{ photo: join(from, "images", name), mask }] : [];
  });
  if (pairs.length >= 10) return pairs;
  const message = `${from} has ${pairs.length} pairs; two batches take at least 10`;
  throw new SluiceError("batch.incomplete", message, "A photo and its mask share their name.");
}

/** By seeded keys. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** By hard link where that can be: real photos take gigabytes. */
async function place(pairs: readonly Files[], into: string): Promise<void> {
  for (const kind of ["images", "masks"] as const) await mkdir(join(into, kind), { recursive: true });
  for (const { photo, mask } of pairs) {
    await linkOrCopy(photo, join(into, "images", parse(photo).base));
    await linkOrCopy(mask, join(into, "masks", parse(mask).base));
  }
}

const linkOrCopy = (from: string, to: string) => link(from, to).catch(() => copyFile(from, to));
