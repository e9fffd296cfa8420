import { openBatch } from "../batch/open";
import type { Blobs, Clock, Documents } from "../ports";
import { type ValidBatch, validated } from "../validation/validated";
import { verb } from "../verb";
import {
  type Answer,
  answerOf,
  earlierAnswer,
  isOf,
  markPlace,
  Request,
  settleUnchanged,
  writeChanges,
} from "./answer";
import * as History from "./history";
import { EMPTY, readRoot, readTouched, writeRoot, writeTouched } from "./manifest";
import { type Merge, merge } from "./merge";
import type { Pair } from "./pair";
import { readPhashes, writePhashes } from "./phashes";
import { keepEqualMasks, storeFiles } from "./store";

type World = { blobs: Blobs; documents: Documents; clock: Clock };

/**
 * Merges a validated batch into the dataset: parent and batch make a child version. Of the manifest only the
 * shards that hold the batch's ids are read and written. When another commit is faster, the batch is merged
 * again onto that one, so nothing is lost; the same run asked again gets the same answer, wherever the head is
 * by then.
 *
 * Throws `batch.rejected` for a batch that has not passed validation, `dataset.corrupt`.
 */
export const commit = verb(Request, async (request, world: World): Promise<Answer> => {
  const earlier = await earlierAnswer(request, world);
  if (earlier) return earlier;
  const valid = await validated(request.batch, world);
  await storeFiles(valid.pairs, await openBatch(request.batch, world), world.blobs);
  for (;;) {
    const answer = await attempt(request, valid, world);
    if (answer) return answer;
  }
});

/** One try on what is the head now; undefined when another commit took the place. */
async function attempt(request: Request, valid: ValidBatch, world: World): Promise<Answer | undefined> {
  const { blobs } = world;
  const parent = await latest(world);
  // Asked after the head: if that holds this very request's commit, its mark is there too.
  const earlier = await earlierAnswer(request, world);
  if (earlier) return earlier;

  const root = parent ? await readRoot(parent.version, blobs) : EMPTY;
  const shards = await readTouched(root, valid.pairs, blobs);
  const current = new Map([...shards.values()].flat().map((pair) => [pair.id, pair]));
  const known = await readPhashes(parent?.phashes, blobs);
  const incoming = await keepEqualMasks(valid.pairs, current, blobs);
  const merged = merge(valid.batch, incoming, current, known);
  if (parent && merged.written.length === 0) return settleUnchanged(request, parent, world);

  const mine: History.Commit = {
    ...request,
    sequence: (parent?.sequence ?? 0) + 1,
    version: await writeRoot(await writeTouched(root, shards, merged.written, blobs), blobs),
    parent: parent?.version ?? null,
    createdAt: world.clock.now(),
    ...counts(parent, merged, current),
    changes: await writeChanges(merged, blobs),
    phashes: await writePhashes(known, merged.written, blobs),
  };
  await markPlace(request, mine.sequence, world);
  const placed = await History.claim(mine, world);
  await History.follow(placed, world);
  return isOf(request, placed) ? answerOf(placed, world) : undefined;
}

/** The last commit that has its place, also when its writer died before it moved the head. */
async function latest(world: World): Promise<History.Commit | undefined> {
  const head = await History.head(world);
  const next = await History.commitAt((head?.sequence ?? 0) + 1, world);
  if (!next) return head && History.commitAt(head.sequence, world);
  await History.follow(next, world);
  return next;
}

function counts(parent: History.Commit | undefined, merged: Merge, current: ReadonlyMap<string, Pair>) {
  const splits = { ...(parent?.splits ?? { train: 0, validation: 0, test: 0 }) };
  for (const { id, split } of merged.written) {
    const before = current.get(id);
    if (before) splits[before.split] -= 1;
    splits[split] += 1;
  }
  return {
    pairs: (parent?.pairs ?? 0) + merged.added.length,
    splits,
    added: merged.added.length,
    relabelled: merged.relabelled.length,
    rephotographed: merged.rephotographed.length,
    unchanged: merged.unchanged.length,
  };
}
