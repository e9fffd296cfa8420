import { isInBatch, isJunk, printable, whyUnsafe } from "../batch/names";
import { PairId } from "../ids";
import type { Fault } from "./report";

export interface Named {
  id: string;
  /** In the batch, `images/meter_17.jpg`. */
  name: string;
}
export interface Classified {
  photos: Named[];
  masks: Named[];
  faults: Fault[];
  warnings: Fault[];
}

const PICTURE = /\.(jpe?g|png|webp|gif|bmp|tiff?|heic|heif|avif|jp2|jxl)$/i;

/** Sorts a batch's names into photos and masks, and what is neither or may not be. */
export function classify(names: readonly string[]): Classified {
  const sorted: Classified = { photos: [], masks: [], faults: [], warnings: [] };
  for (const name of names.filter((n) => !isJunk(n))) place(name, sorted);
  sorted.faults.push(...clashes(sorted.photos), ...clashes(sorted.masks));
  return sorted;
}

function place(name: string, { photos, masks, faults, warnings }: Classified): void {
  const [folder, file = "", ...deeper] = name.split("/");
  if (!isInBatch(name) || deeper.length > 0) {
    warnings.push(unexpected(name, "does not lie directly in images/ or masks/, so it is not read"));
    return;
  }
  const reason = whyUnsafe(name);
  if (reason) {
    faults.push({ code: "unsafe_name", file: printable(name), message: reason, hint: "Rename it." });
    return;
  }
  if (!PICTURE.test(file)) {
    warnings.push(unexpected(name, "is no picture by its name, so it is not read"));
    return;
  }
  const id = PairId.safeParse(file.replace(/\.[^.]*$/, "").normalize("NFC"));
  if (!id.success) {
    const message = `has a name that cannot be an id: ${id.error.issues[0]?.message ?? "rename it"}`;
    faults.push({ code: "unsafe_name", file: name, message, hint: "Rename it, and its partner." });
    return;
  }
  (folder === "images" ? photos : masks).push({ id: id.data, name });
}

const unexpected = (name: string, message: string): Fault => ({
  code: "unexpected_file",
  file: printable(name),
  message,
  hint: "Move it or leave it out.",
});

/** Ids that two files have, also where only upper and lower case differ: not every disk can hold both. */
function clashes(files: readonly Named[]): Fault[] {
  const first = new Map<string, string>();
  return files.flatMap(({ id, name }) => {
    const key = id.toLowerCase();
    const other = first.get(key);
    if (other === undefined) first.set(key, name);
    if (other === undefined) return [];
    const message = `has the same id as ${other}`;
    return [{ code: "duplicate_id", file: name, message, hint: "Rename one pair, or remove it." }];
  });
}

/** Photos without a mask and masks without a photo; where the other was refused, that says it all. */
export function unpaired({ photos, masks }: Classified, refused: readonly { file: string }[] = []): Fault[] {
  const gone = new Set(refused.map(({ file }) => file.replace(/\.[^./]*$/, "").normalize("NFC")));
  const lone = (files: Named[], others: Named[], folder: string) => {
    const ids = new Set(others.map(({ id }) => id));
    return files.filter(({ id }) => !ids.has(id) && !gone.has(folder) && !gone.has(`${folder}/${id}`));
  };
  return [
    ...lone(photos, masks, "masks").map(({ id, name }) => ({
      code: "photo_unpaired" as const,
      file: name,
      message: `has no mask masks/${id}.png`,
      hint: "Add the mask, or take the photo out.",
    })),
    ...lone(masks, photos, "images").map(({ id, name }) => ({
      code: "mask_unpaired" as const,
      file: name,
      message: `has no photo images/${id}.jpg`,
      hint: "Add the photo, or take the mask out.",
    })),
  ];
}
