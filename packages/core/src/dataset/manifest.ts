import * as z from "zod";
import { sha256 } from "../digest";
import { DatasetVersion, Sha256 } from "../ids";
import { mapLimit } from "../map-limit";
import type { Blobs } from "../ports";
import { canonicalJson, readTrusted } from "./files";
import { Pair } from "./pair";

const SHARDS = 256;
const READERS = 16;

/** A dataset version: the hash of each shard, null where it is empty. Its own hash is the version's name. */
export const Root = z.object({
  format: z.literal(1),
  shards: z.array(Sha256.nullable()).length(SHARDS),
});
export type Root = z.infer<typeof Root>;
const Shard = z.array(Pair);

export const EMPTY: Root = { format: 1, shards: Array.from({ length: SHARDS }, () => null) };

/** The shard of a pair: the first byte of the SHA-256 of its id. */
const shardOf = (id: string) => Number.parseInt(sha256(id).slice(0, 2), 16);

const rootKey = (version: string) => `data/manifest/versions/${version}.json`;
const shardKey = (digest: string) => `data/manifest/shards/${digest}.json`;
const byId = (a: Pair, b: Pair) => (a.id < b.id ? -1 : 1);

export const hasVersion = (version: string, blobs: Blobs) => blobs.has(rootKey(version));

/** Throws `dataset.corrupt`. */
export async function readRoot(version: string, blobs: Blobs): Promise<Root> {
  const digest = DatasetVersion.parse(version);
  return Root.parse(JSON.parse((await readTrusted(rootKey(digest), digest, blobs)).toString()));
}

/** The pairs of one shard. Throws `dataset.corrupt`. */
async function readShard(root: Root, shard: number, blobs: Blobs): Promise<Pair[]> {
  const digest = root.shards[shard];
  if (!digest) return [];
  return Shard.parse(JSON.parse((await readTrusted(shardKey(digest), digest, blobs)).toString()));
}

/** All pairs of a version, sorted by id. */
export async function readPairs(version: string, blobs: Blobs): Promise<Pair[]> {
  const root = await readRoot(version, blobs);
  const shards = await mapLimit(root.shards.keys(), READERS, (shard) => readShard(root, shard, blobs));
  return shards.flat().sort(byId);
}

const touched = (pairs: readonly { id: string }[]) => new Set(pairs.map(({ id }) => shardOf(id)));

/** The shards that hold the ids, whole. Throws `dataset.corrupt`. */
export async function readTouched(root: Root, ids: readonly { id: string }[], blobs: Blobs) {
  const read = async (shard: number) => [shard, await readShard(root, shard, blobs)] as const;
  return new Map(await mapLimit(touched(ids), READERS, read));
}

/** Writes the shards that the pairs change. @param before their content in `root` */
export async function writeTouched(
  root: Root,
  before: ReadonlyMap<number, Pair[]>,
  written: readonly Pair[],
  blobs: Blobs,
): Promise<Root> {
  const shards = [...root.shards];
  await mapLimit(touched(written), READERS, async (shard) => {
    const pairs = new Map((before.get(shard) ?? []).map((pair) => [pair.id, pair]));
    for (const pair of written) if (shardOf(pair.id) === shard) pairs.set(pair.id, pair);
    shards[shard] = await writeShard([...pairs.values()], blobs);
  });
  return { ...root, shards };
}

/** The shard's hash in the root; its blob is written unless it is there. */
async function writeShard(pairs: Pair[], blobs: Blobs): Promise<string | null> {
  if (pairs.length === 0) return null;
  const body = canonicalJson([...pairs].sort(byId));
  const digest = sha256(body);
  await blobs.put(shardKey(digest), body, { ifAbsent: true });
  return digest;
}

/** Writes the root; answers the version. */
export async function writeRoot(root: Root, blobs: Blobs): Promise<DatasetVersion> {
  const body = canonicalJson(root);
  const version = sha256(body);
  await blobs.put(rootKey(version), body, { ifAbsent: true });
  return version;
}
