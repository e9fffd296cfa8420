import {
  type Blobs,
  Bundle,
  type Documents,
  isSluiceError,
  Registry,
  Release,
  SluiceError,
  sha256,
} from "@sluice/core";
import { parseBundle, verifiedFile } from "../predictor/verify";
import { type FileCache, openCache } from "./cache";

export { cachedBlobs } from "./cache";

type World = { blobs: Blobs; documents: Documents };
export interface Fetched {
  model: number;
  /** SHA-256 of its `model.json`, as it was registered. */
  digest: string;
  bytes: number;
}

/**
 * Fetches the models of the release, champion and canary, into a folder and verifies each file by its digest:
 * `model.json` by the registry's, the rest by those in `model.json`. What is there already is not fetched again.
 *
 * @param onBadCanary what is wrong with the canary: a server without it starts all the same
 * @returns what is there then; empty where nothing is released yet
 * Throws `model.not_found`, `model.corrupt` naming the champion's file.
 */
export async function fetchRelease(
  world: World,
  folder: string,
  onBadCanary: (error: SluiceError) => void,
): Promise<Fetched[]> {
  const { champion = null, canary = null } = (await Release.current(world)) ?? {};
  const cache = await openCache(folder);
  const fetched: Fetched[] = [];
  if (champion !== null) fetched.push(await fetchModel(champion, world, cache));
  if (canary === null) return fetched;
  try {
    fetched.push(await fetchModel(canary, world, cache));
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    onBadCanary(error);
  }
  return fetched;
}

async function fetchModel(number: number, world: World, cache: FileCache): Promise<Fetched> {
  const { bundleDigest } = Registry.find(await Registry.read(world), number);
  const at = Bundle.modelPrefix(number);
  const read = async (name: string, digest: string) =>
    (await cache.get(at + name, digest)) ?? world.blobs.get(at + name);

  const json = await read(Bundle.MODEL_JSON, bundleDigest);
  if (sha256(json) !== bundleDigest) throw notRegistered(at + Bundle.MODEL_JSON);
  await cache.put(at + Bundle.MODEL_JSON, json);
  let bytes = json.length;
  for (const stage of parseBundle(json, at + Bundle.MODEL_JSON).stages) {
    const file = verifiedFile(stage, await read(stage.file, stage.sha256), at + stage.file);
    await cache.put(at + stage.file, file);
    bytes += file.length;
  }
  return { model: number, digest: bundleDigest, bytes };
}

const notRegistered = (file: string) =>
  new SluiceError(
    "model.corrupt",
    `${file} is not the one that was registered`,
    "Put the file back from a backup, or go back to another model: sluice models rollback.",
  );
