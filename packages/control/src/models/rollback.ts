import type { Blobs, Clock, Documents } from "@sluice/core";
import { verify } from "@sluice/core/bundle/index";
import { SluiceError } from "@sluice/core/errors";
import { ModelNumber } from "@sluice/core/ids";
import * as Registry from "@sluice/core/registry/index";
import * as Release from "@sluice/core/release/index";
import * as z from "zod";

export const Rolled = z.object({
  champion: ModelNumber,
  previous: ModelNumber.nullable(),
  /** The canary that was out, and is no more. */
  canary: ModelNumber.nullable(),
});
export type Rolled = z.infer<typeof Rolled>;

/**
 * Has an earlier champion serve again; without a number, takes back what was released last: a canary that is out,
 * else the champion. Safe at any time: a run that is releasing a model then ends without having done so. Itself a
 * release, with its entry in the record. The serving process follows by itself.
 *
 * @param by who asks, for the record
 * @returns what serves now, and what did before
 * Throws `model.not_found`, `model.never_promoted`, `model.corrupt`.
 */
export async function rollback(
  { number, reason, by }: { number?: number; reason: string; by: string },
  world: { blobs: Blobs; documents: Documents; clock: Clock },
): Promise<Rolled> {
  const { champion: previous } = await Registry.read(world);
  const canary = (await Release.current(world))?.canary ?? null;
  const champion = number ?? (await before(canary, world));
  if (previous !== champion) await verify({ number: champion }, world);
  await Registry.rollback({ number: champion, reason }, world);
  await Release.deployChampion({ reason, by }, world);
  return { champion, previous, canary };
}

/** The champion that stays when the canary goes, or the one before the champion. Throws `model.never_promoted`. */
async function before(canary: number | null, world: { documents: Documents }): Promise<number> {
  const { champion, changes } = await Registry.read(world);
  const earlier = changes.findLast((change) => change.champion === champion)?.previous ?? null;
  // A canary that a run has just made champion is the champion.
  const target = canary === null || canary === champion ? earlier : champion;
  if (target !== null) return target;
  throw new SluiceError(
    "model.never_promoted",
    "There is no earlier champion to go back to",
    "See: sluice models.",
  );
}
