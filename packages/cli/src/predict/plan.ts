import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, parse, resolve } from "node:path";
import { SluiceError } from "@sluice/core/errors";

/** One photo and where its answers go. */
export interface Task {
  photo: string;
  mask: string;
  overlay: string;
}

const PHOTO = /\.(jpe?g|png|webp)$/i;

/** The photos of a folder (or of its `images/`), or the one file. Throws `input.unreadable`. */
export async function findPhotos(path: string): Promise<string[]> {
  const info = await stat(path).catch((cause: Error) => {
    throw new SluiceError("input.unreadable", `${path} is not there`, "Give a photo or a folder of photos.", {
      cause,
    });
  });
  if (!info.isDirectory()) return [path];
  for (const folder of [path, join(path, "images")]) {
    const names = await readdir(folder).catch(() => []);
    const photos = names.filter((name) => PHOTO.test(name) && !name.startsWith("."));
    if (photos.length > 0) return photos.sort().map((name) => join(folder, name));
  }
  throw new SluiceError("input.unreadable", `${path} has no photos`, "Photos are JPEG, PNG or WebP.");
}

/**
 * Where each photo's answers go: `OUT/masks/<name>.png`, `OUT/overlays/<name>.jpg`.
 *
 * Throws `usage.invalid` where two photos would share an answer, or an answer would replace a photo.
 */
export async function plan(photos: readonly string[], out: string): Promise<Task[]> {
  const inputs = new Set(
    await Promise.all(photos.map((photo) => realpath(photo).catch(() => resolve(photo)))),
  );
  const owners = new Map<string, string>();
  const tasks: Task[] = [];
  for (const photo of photos) {
    const { name } = parse(photo);
    const mask = join(out, "masks", `${name}.png`);
    const overlay = join(out, "overlays", `${name}.jpg`);
    const owner = owners.get(name);
    if (owner) {
      throw new SluiceError(
        "usage.invalid",
        `${basename(owner)} and ${basename(photo)} would share ${mask}`,
        "Rename one of them.",
      );
    }
    owners.set(name, photo);
    for (const target of [mask, overlay]) {
      const path = await realpath(target).catch(() => resolve(target));
      if (inputs.has(path)) {
        throw new SluiceError(
          "usage.invalid",
          `${target} is a photo to be predicted`,
          "Choose another folder: -o OUT.",
        );
      }
    }
    tasks.push({ photo, mask, overlay });
  }
  return tasks;
}
