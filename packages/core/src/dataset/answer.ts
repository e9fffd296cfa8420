import * as z from "zod";
import { sha256 } from "../digest";
import { BatchId, DatasetVersion, PairId, RunId } from "../ids";
import type { Blobs, Documents } from "../ports";
import { canonicalJson, readTrusted } from "./files";
import { type Commit, commitAt, follow, Splits } from "./history";
import type { Merge } from "./merge";

type World = { blobs: Blobs; documents: Documents };

/** What a commit did. */
export const Answer = z.object({
  version: DatasetVersion,
  parent: DatasetVersion.nullable(),
  /** `unchanged`: the batch holds nothing that the dataset has not; `version` is then the head's. */
  outcome: z.enum(["committed", "unchanged"]),
  added: z.number().int().nonnegative(),
  relabelled: z.array(PairId),
  rephotographed: z.array(PairId),
  pairs: z.number().int().nonnegative(),
  splits: Splits,
});
export type Answer = z.infer<typeof Answer>;

export const Request = z.object({ batch: BatchId, runId: RunId });
export type Request = z.infer<typeof Request>;

/** Where in the history a run's commit may be; or what the head was when there was nothing to do. */
const Mark = z.object({
  sequences: z.array(z.number().int().positive()),
  unchangedAt: z.number().int().positive().nullable(),
});
const markKey = ({ batch, runId }: Request) => `dataset/runs/${runId}/${batch}`;

/** Says, before it is done, that the request's commit may be at this place. */
export const markPlace = (request: Request, sequence: number, { documents }: World) =>
  documents.update(markKey(request), Mark, (mark) => ({
    sequences: [...(mark?.sequences ?? []), sequence],
    unchangedAt: mark?.unchangedAt ?? null,
  }));

export async function settleUnchanged(request: Request, head: Commit, world: World): Promise<Answer> {
  const { sequence, version } = head;
  await world.documents.update(markKey(request), Mark, (mark) =>
    mark?.unchangedAt ? mark : { sequences: mark?.sequences ?? [], unchangedAt: sequence },
  );
  return unchanged(version, head);
}

/** The answer that this request got before, if it was done; the head may have been left behind. */
export async function earlierAnswer(request: Request, world: World): Promise<Answer | undefined> {
  const mark = await world.documents.read(markKey(request), Mark);
  for (const sequence of mark?.sequences ?? []) {
    const commit = await commitAt(sequence, world);
    if (!commit || !isOf(request, commit)) continue;
    await follow(commit, world);
    return answerOf(commit, world);
  }
  const head = mark?.unchangedAt && (await commitAt(mark.unchangedAt, world));
  return head ? unchanged(head.version, head) : undefined;
}

export const isOf = ({ batch, runId }: Request, commit: Commit) =>
  commit.batch === batch && commit.runId === runId;

const unchanged = (version: string, { pairs, splits }: Commit): Answer => ({
  version,
  parent: version,
  outcome: "unchanged",
  added: 0,
  relabelled: [],
  rephotographed: [],
  pairs,
  splits,
});

export async function answerOf(commit: Commit, { blobs }: World): Promise<Answer> {
  const { version, parent, added, pairs, splits, changes } = commit;
  const body = await readTrusted(changesKey(changes), changes, blobs);
  const { relabelled, rephotographed } = Changes.parse(JSON.parse(body.toString()));
  return { version, parent, outcome: "committed", added, relabelled, rephotographed, pairs, splits };
}

/** The ids behind a commit's counts. */
const Changes = z.object({
  added: z.array(PairId),
  relabelled: z.array(PairId),
  rephotographed: z.array(PairId),
});
const changesKey = (digest: string) => `data/manifest/changes/${digest}.json`;

export async function writeChanges({ added, relabelled, rephotographed }: Merge, blobs: Blobs) {
  const body = canonicalJson({ added, relabelled, rephotographed });
  const digest = sha256(body);
  await blobs.put(changesKey(digest), body, { ifAbsent: true });
  return digest;
}
