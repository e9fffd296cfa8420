import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, parse } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import { maskPixels, maskPng } from "@sluice/core/photo/index";
import sharp from "sharp";

/** One file that was spoilt, and how; `file` is relative to the batch. */
export interface Damage {
  file: string;
  what: string;
}
interface Files {
  id: string;
  photo: string;
  mask: string;
  into: string;
}
type Spoil = (files: Files) => Promise<Damage>;

const keepPhoto = ({ photo, into }: Files) => copyFile(photo, join(into, "images", parse(photo).base));
const keepMask = ({ mask, into }: Files) => copyFile(mask, join(into, "masks", parse(mask).base));
const photoName = ({ photo }: Files) => `images/${parse(photo).base}`;

async function writeMask({ id, into }: Files, png: Buffer, what: string): Promise<Damage> {
  await writeFile(join(into, "masks", `${id}.png`), png);
  return { file: `masks/${id}.png`, what };
}
const pixels = async ({ mask, id }: Files) => maskPixels(await readFile(mask), `masks/${id}`);

const truncated: Spoil = async (files) => {
  const bytes = await readFile(files.photo);
  await writeFile(join(files.into, photoName(files)), bytes.subarray(0, Math.floor(bytes.length * 0.4)));
  await keepMask(files);
  return { file: photoName(files), what: "truncated photo" };
};
const withoutMask: Spoil = async (files) => {
  await keepPhoto(files);
  return { file: photoName(files), what: "photo without a mask" };
};
const greyMask: Spoil = async (files) => {
  await keepPhoto(files);
  const { data, width, height } = await pixels(files);
  const soft = sharp(data, { raw: { width, height, channels: 1 } }).blur(6);
  return writeMask(files, await soft.toColourspace("b-w").png().toBuffer(), "mask in shades of grey");
};
const otherSize: Spoil = async (files) => {
  await keepPhoto(files);
  const { data, width, height } = await pixels(files);
  const half = { width: Math.floor(width / 2), height: Math.floor(height / 2) };
  const small = sharp(data, { raw: { width, height, channels: 1 } }).resize({ ...half, kernel: "nearest" });
  return writeMask(files, await small.toColourspace("b-w").png().toBuffer(), "mask of half the size");
};
const notAPhoto: Spoil = async (files) => {
  await writeFile(join(files.into, "images", `${files.id}.jpg`), "This is a note, not a photo.\n");
  await keepMask(files);
  return { file: `images/${files.id}.jpg`, what: "text under a photo's name" };
};
const filled = (value: 0 | 255, what: string): Spoil => {
  return async (files) => {
    await keepPhoto(files);
    const { width, height } = await pixels(files);
    const png = await maskPng(new Uint8Array(width * height).fill(value), width, height);
    return writeMask(files, png, what);
  };
};
const withoutPhoto: Spoil = async (files) => {
  await keepMask(files);
  return { file: `masks/${parse(files.mask).base}`, what: "mask without a photo" };
};

const SPOILS: readonly Spoil[] = [
  truncated,
  withoutMask,
  greyMask,
  otherSize,
  notAPhoto,
  filled(0, "empty mask"),
  filled(255, "mask over the whole picture"),
  withoutPhoto,
];

const byId = async (folder: string) =>
  new Map((await readdir(folder)).map((name) => [parse(name).name, join(folder, name)]));

/**
 * A broken batch: the first pairs (by name) of `from`, each spoilt in its own way, written to `into`.
 *
 * @param from folder with `images/` and `masks/`; it is only read
 * @returns what was spoilt, one entry per pair. Throws `batch.incomplete` if there are no pairs.
 */
export async function damagedCopy(from: string, into: string): Promise<Damage[]> {
  const [photos, masks] = await Promise.all([byId(join(from, "images")), byId(join(from, "masks"))]);
  const pairs = [...photos].flatMap(([id, photo]) => {
    const mask = masks.get(id);
    return mask === undefined ? [] : [{ id, photo, mask, into }];
  });
  if (pairs.length === 0) {
    throw new SluiceError("batch.incomplete", `${from} has no pairs`, "It takes images/ and masks/.");
  }
  await mkdir(join(into, "images"), { recursive: true });
  await mkdir(join(into, "masks"), { recursive: true });
  const chosen = pairs.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, SPOILS.length);
  return Promise.all(chosen.map((files, i) => (SPOILS[i] ?? truncated)(files)));
}
