import * as z from "zod";
import { SluiceError } from "../errors";
import type { Blobs } from "../ports";
import { marker, origin, prefix, refusals, zipKey } from "./keys";
import { isJunk } from "./names";
import { Refusal } from "./refusal";
import type { BatchFiles } from "./source";
import { openZip } from "./zip";

/**
 * The files of a batch that has arrived under `incoming/`, whether as a folder or as a zip.
 *
 * Throws `batch.incomplete` while its marker is missing, `input.unreadable` for a damaged zip.
 */
export async function openBatch(
  batch: string,
  { blobs }: { blobs: Blobs },
): Promise<BatchFiles & { faults: Refusal[] }> {
  if (await blobs.has(marker(batch))) return folderOf(batch, blobs);
  if (await blobs.has(zipKey(batch))) return openZip(await blobs.get(zipKey(batch)), zipKey(batch));
  throw new SluiceError(
    "batch.incomplete",
    `Batch ${batch} is not complete: there is no ${marker(batch)}`,
    "Push it again; what is there already is not sent twice.",
  );
}

/**
 * The files of such a batch by names that are known already: a folder is not listed, of a zip only the directory is
 * read, and each file when it is asked for.
 *
 * Throws `input.unreadable` for a damaged zip, `batch.incomplete`.
 */
export async function openNamed(
  batch: string,
  { blobs }: { blobs: Blobs },
): Promise<Pick<BatchFiles, "read">> {
  if (!(await blobs.has(marker(batch)))) return openBatch(batch, { blobs });
  return { read: (name) => blobs.get(prefix(batch) + name) };
}

async function folderOf(batch: string, blobs: Blobs) {
  const start = prefix(batch);
  const own = [marker(batch), refusals(batch), origin(batch)];
  const keys = (await blobs.list(start)).filter((key) => !own.includes(key));
  const names = keys.map((key) => key.slice(start.length)).filter((name) => !isJunk(name));
  return { names, faults: await refusedOf(batch, blobs), read: (name: string) => blobs.get(start + name) };
}

async function refusedOf(batch: string, blobs: Blobs): Promise<Refusal[]> {
  const key = refusals(batch);
  if (!(await blobs.has(key))) return [];
  try {
    return z.array(Refusal).parse(JSON.parse((await blobs.get(key)).toString()));
  } catch (cause) {
    throw new SluiceError("input.unreadable", `${key} is no list of refused files`, "Push again.", { cause });
  }
}
