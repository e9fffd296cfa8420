import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MODEL_JSON, modelPrefix, verify } from "@sluice/core/bundle/index";
import { isSluiceError, SluiceError } from "@sluice/core/errors";
import { ModelNumber, Sha256 } from "@sluice/core/ids";
import { parseJson } from "@sluice/core/json-blob";
import type { Blobs, Documents } from "@sluice/core/ports";
import * as Registry from "@sluice/core/registry/index";
import type { Predictor } from "@sluice/serving/predictor/index";
import * as z from "zod";

/** The champion that is kept for predicting offline. */
export const Cached = z.object({
  number: ModelNumber,
  /** SHA-256 of `model.json`. */
  digest: Sha256,
  dice: z.number(),
  iou: z.number(),
});
export type Cached = z.infer<typeof Cached>;
type Stored = { blobs: Blobs; documents: Documents };

const folder = (home: string) => join(home, "cache", "champion");
const pointer = (home: string) => join(folder(home), "champion.json");
const bundle = (home: string, digest: string) => join(folder(home), digest.slice(0, 16));

export async function cached(home: string): Promise<Cached | undefined> {
  const text = await readFile(pointer(home), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = Cached.safeParse(parseJson(text));
  return parsed.data; // what cannot be read is fetched again
}

/**
 * Copies the champion's bundle into the cache, each file checked against its digest; the pointer moves last, so
 * the cache always names a whole bundle.
 *
 * Throws `model.not_ready` without a champion, `model.corrupt` naming the model and the file.
 */
export async function sync(home: string, stored: Stored): Promise<{ champion: Cached; isNew: boolean }> {
  const model = await Registry.champion({ ...stored, clock: { now: () => Date.now() } });
  if (!model) throw noChampion();
  const champion: Cached = {
    number: model.number,
    digest: model.bundleDigest,
    dice: model.dice,
    iou: model.iou,
  };
  const before = await cached(home);
  const isNew = before?.digest !== champion.digest || before.number !== champion.number;
  if (isNew) await fetchBundle(champion, home, stored);
  return { champion, isNew };
}

async function fetchBundle(champion: Cached, home: string, stored: Stored): Promise<void> {
  const { stages } = await verify({ number: champion.number }, stored);
  const prefix = modelPrefix(champion.number);
  const target = bundle(home, champion.digest);
  await mkdir(target, { recursive: true });
  for (const file of [...stages.map((stage) => stage.file), MODEL_JSON]) {
    await writeFile(join(target, file), await stored.blobs.get(prefix + file));
  }
  await writeFile(`${pointer(home)}.part`, `${JSON.stringify(champion, null, 2)}\n`);
  await rename(`${pointer(home)}.part`, pointer(home));
  await removeOthers(home, champion);
}

async function removeOthers(home: string, { digest }: Cached): Promise<void> {
  for (const entry of await readdir(folder(home), { withFileTypes: true })) {
    const isOld = entry.isDirectory() && entry.name !== digest.slice(0, 16);
    if (isOld) await rm(join(folder(home), entry.name), { recursive: true, force: true });
  }
}

/**
 * The cached champion, ready to predict; fetched first where the home has a newer one.
 *
 * Throws `model.not_ready`, `model.corrupt`, `host.backend_missing`.
 */
export async function openChampion(
  home: string,
  stored: Stored,
): Promise<{ champion: Cached; predictor: Predictor }> {
  const champion = await newest(home, stored);
  const { loadPredictorFromBlobs } = await import("@sluice/serving/predictor/index");
  const { fileBlobs } = await import("@sluice/local/blobs/index");
  const files = { blobs: fileBlobs(bundle(home, champion.digest)) };
  const predictor = await loadPredictorFromBlobs("", files).catch((error: unknown) => {
    if (!isSluiceError(error) || !error.code.startsWith("model.")) throw error;
    throw spoilt(champion, home, error.message);
  });
  if (predictor.digest === champion.digest) return { champion, predictor };
  await predictor.close();
  throw spoilt(champion, home, "its model.json was changed");
}

const spoilt = ({ number, digest }: Cached, home: string, why: string) =>
  new SluiceError("model.corrupt", `The cached model ${number} in ${bundle(home, digest)}: ${why}`, FETCH);

const FETCH = "Remove cache/ in the home folder, then: sluice sync.";

/** Offline means: a home without its registry still predicts with what was fetched last. */
async function newest(home: string, stored: Stored): Promise<Cached> {
  const { champion } = await Registry.read(stored);
  if (champion !== null) return (await sync(home, stored)).champion;
  const last = await cached(home);
  if (last) return last;
  throw noChampion();
}

const noChampion = () =>
  new SluiceError(
    "model.not_ready",
    "There is no champion yet",
    "Train one first: sluice push DIR, or sluice demo.",
  );
