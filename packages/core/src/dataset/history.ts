import * as z from "zod";
import { SluiceError } from "../errors";
import { BatchId, DatasetVersion, EpochMs, RunId, Sha256 } from "../ids";
import { mapLimit } from "../map-limit";
import type { Documents } from "../ports";

const Count = z.number().int().nonnegative();
export const Splits = z.object({ train: Count, validation: Count, test: Count });
export type Splits = z.infer<typeof Splits>;

/** What one commit did. `sequence` counts commits from 1; a version may come to be twice, a sequence not. */
export const Commit = z.object({
  sequence: z.number().int().positive(),
  version: DatasetVersion,
  parent: DatasetVersion.nullable(),
  batch: BatchId,
  runId: RunId,
  createdAt: EpochMs,
  pairs: Count,
  splits: Splits,
  added: Count,
  /** Same photo, other mask. */
  relabelled: Count,
  /** Same id, other photo. */
  rephotographed: Count,
  /** Pairs of the batch that the parent has just so. */
  unchanged: Count,
  /** SHA-256 of the blob that lists the ids behind the counts. */
  changes: Sha256,
  /** SHA-256 of the perceptual hashes known so far. */
  phashes: Sha256,
});
export type Commit = z.infer<typeof Commit>;

export const Head = z.object({ version: DatasetVersion, sequence: z.number().int().positive() });
export type Head = z.infer<typeof Head>;

export const HEAD = "dataset/head";
const VERSIONS = "dataset/versions/";
const COMMITS = "dataset/commits/";
const slot = (sequence: number) => `${COMMITS}${String(sequence).padStart(8, "0")}`;
const READERS = 16;
type World = { documents: Documents };

/** The current version; undefined while the dataset is empty. */
export const head = ({ documents }: World): Promise<Head | undefined> => documents.read(HEAD, Head);

export const commitAt = (sequence: number, { documents }: World) => documents.read(slot(sequence), Commit);

/** Puts a commit at its place in the history, unless another has it: answers whose it is. */
export const claim = (mine: Commit, { documents }: World) =>
  documents.update(slot(mine.sequence), Commit, (current) => current ?? mine);

/** Moves the head to a commit that has its place; every committer helps one that died before doing so. */
export async function follow(commit: Commit, { documents }: World): Promise<void> {
  await documents.update(VERSIONS + commit.version, Commit, (current) => current ?? commit);
  await documents.update(HEAD, Head, (current) => {
    if (current && current.sequence >= commit.sequence) return current;
    return { version: commit.version, sequence: commit.sequence };
  });
}

/**
 * How a version came to be.
 *
 * @param version whole, or a prefix that only one version has
 * Throws `dataset.not_found`.
 */
export async function show(version: string, { documents }: World): Promise<Commit> {
  const isPlain = /^[0-9a-f]{1,64}$/.test(version);
  const found = isPlain ? await documents.list(VERSIONS + version) : [];
  if (found.length > 1) {
    throw new SluiceError(
      "dataset.not_found",
      `${found.length} dataset versions start with ${version}`,
      "Give more of its digits.",
    );
  }
  const commit = found[0] ? await documents.read(found[0], Commit) : undefined;
  if (commit) return commit;
  throw new SluiceError(
    "dataset.not_found",
    `There is no dataset version ${version}`,
    "See: sluice dataset.",
  );
}

/** Every commit, oldest first. */
export async function list(world: World): Promise<Commit[]> {
  const current = await head(world);
  const sequences = Array.from({ length: current?.sequence ?? 0 }, (_, i) => i + 1);
  const commits = await mapLimit(sequences, READERS, (sequence) => commitAt(sequence, world));
  return commits.filter((commit) => commit !== undefined);
}
