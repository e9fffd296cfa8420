import type { Blobs, Clock, Documents } from "@sluice/core";
import { verify } from "@sluice/core/bundle/index";
import * as Registry from "@sluice/core/registry/index";
import * as Release from "@sluice/core/release/index";

/**
 * Makes an earlier model the champion again, and has it serve. The serving process follows the release by itself.
 *
 * @returns the model that was champion before
 * Throws `model.not_found`, `model.never_promoted`, `model.corrupt`.
 */
export async function rollback(
  { number, reason }: { number: number; reason: string },
  world: { blobs: Blobs; documents: Documents; clock: Clock },
): Promise<{ champion: number; previous: number | null }> {
  const { champion: previous } = await Registry.read(world);
  if (previous !== number) await verify({ number }, world);
  await Registry.rollback({ number, reason }, world);
  await Release.full({ model: number, reason }, world);
  return { champion: number, previous };
}
