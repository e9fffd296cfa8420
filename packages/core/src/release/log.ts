import * as z from "zod";
import { sha256 } from "../digest";
import { SluiceError } from "../errors";
import { EpochMs, Fraction, ModelNumber } from "../ids";
import type { Clock, Documents } from "../ports";

const KEY = "release/current";
const LOG = "release/log-";
export type ReleaseWorld = { documents: Documents; clock: Clock };

/** What serves. The serving process follows this document: a new model moves without a restart. */
export const Info = z.object({
  /** Of the release: it only grows. 0: from before releases were counted. */
  number: z.number().int().nonnegative().default(0),
  /** Null: nothing serves yet, or the first model did not hold. */
  champion: ModelNumber.nullable(),
  canary: ModelNumber.nullable(),
  /** Share of requests that the canary answers. */
  weight: Fraction,
  reason: z.string(),
  /** A person, or `run <id>`. */
  by: z.string().default("sluice"),
  at: EpochMs,
  /** SHA-256 of the release before this one, so that none can be taken out or changed unseen. */
  previous: z.string().nullable().default(null),
});
export type Info = z.infer<typeof Info>;

export const current = ({ documents }: Pick<ReleaseWorld, "documents">) => documents.read(KEY, Info);

/** Keys in the schema's order, as every reading gives them. */
const digestOf = (release: Info) => sha256(JSON.stringify(Info.parse(release)));
const entryKey = (number: number) => `${LOG}${String(number).padStart(8, "0")}`;

type Target = Pick<Info, "champion" | "canary" | "weight">;

/**
 * Makes a release, unless `next` answers null, and files it. What was current is filed before it is replaced, so that
 * a process which dies in between leaves no gap. Undefined: there is none, and none was made.
 */
export async function changed(
  { reason, by }: Pick<Info, "reason" | "by">,
  world: ReleaseWorld,
  next: (now: Info | undefined) => Target | null,
): Promise<Info | undefined> {
  for (;;) {
    const before = await current(world);
    const target = next(before);
    if (before) await file(before, world);
    if (target === null) return before;
    const made: Info = {
      number: (before?.number ?? 0) + 1,
      ...target,
      reason,
      by,
      at: world.clock.now(),
      previous: before ? digestOf(before) : null,
    };
    const after = await world.documents.update(KEY, Info, (now) =>
      now !== undefined && (before === undefined || digestOf(now) !== digestOf(before)) ? now : made,
    );
    if (digestOf(after) !== digestOf(made)) continue; // another was faster
    await file(after, world);
    return after;
  }
}

const file = (release: Info, { documents }: ReleaseWorld) =>
  documents.update(entryKey(release.number), Info, (filed) => filed ?? release);

/**
 * Every release, oldest first: what, who, why, when.
 *
 * Throws `document.invalid` naming the first that does not follow from the one before it.
 */
export async function history({ documents }: Pick<ReleaseWorld, "documents">): Promise<Info[]> {
  const keys = await documents.list(LOG);
  const filed = (await Promise.all(keys.map((key) => documents.read(key, Info)))).filter(
    (r) => r !== undefined,
  );
  const now = await current({ documents });
  const releases = now && filed.at(-1)?.number !== now.number ? [...filed, now] : filed;
  for (const [i, release] of releases.entries()) {
    const before = releases[i - 1];
    if (before && release.previous !== digestOf(before)) throw broken(release.number);
  }
  if (now && releases.at(-1) && digestOf(releases.at(-1)!) !== digestOf(now)) throw broken(now.number);
  return releases;
}

const broken = (number: number) =>
  new SluiceError(
    "document.invalid",
    `Release ${number} does not follow from the one before it: the record was changed afterwards`,
    "Compare with a backup of the documents under release/.",
  );
