import {
  marker,
  origin as originKey,
  prefix,
  refusals as refusalsKey,
  zipKey,
} from "@sluice/core/batch/keys";
import type { Refusal } from "@sluice/core/batch/refusal";
import { sha256 } from "@sluice/core/digest";
import { SluiceError } from "@sluice/core/errors";
import type { Blobs } from "@sluice/core/ports";
import * as Run from "@sluice/core/run/index";
import type { Control } from "../deps";
import { announced } from "./announced";
import type { Completion } from "./schemas";

/** The batch is whole: as files with their marker, or as a zip. */
export const hasArrived = async (batch: string, { blobs }: { blobs: Blobs }): Promise<boolean> =>
  (await blobs.has(marker(batch))) || blobs.has(zipKey(batch));

/**
 * Ends an upload: every announced file is there with its size, so the marker is written, which starts the run.
 *
 * Throws `batch.incomplete` naming what is missing.
 */
export async function complete(
  batch: string,
  { masks, refusals = [], origin }: Completion,
  { world, uploads, onComplete }: Control,
): Promise<void> {
  if (!(await hasArrived(batch, world))) {
    const wanted = await announced(batch, world);
    if (!wanted) throw incomplete(batch, "nothing of it was announced");
    const missing = missingOf(wanted, await uploads.arrived(prefix(batch)), batch);
    if (missing.length > 0) throw incomplete(batch, list(missing));
    // The bucket's event starts the run that is open, with its masks.
    if (masks) await Run.open({ batch, masks }, world);
    if (origin) await world.blobs.put(originKey(batch), JSON.stringify(origin), { ifAbsent: true });
    await write(batch, wanted, refusals, world.blobs);
  }
  await onComplete?.(batch);
}

async function write(batch: string, wanted: Map<string, number>, refusals: Refusal[], blobs: Blobs) {
  if (refusals.length > 0) await blobs.put(refusalsKey(batch), JSON.stringify(refusals), { ifAbsent: true });
  const lines = [...wanted].map(([name, bytes]) => `${name}\0${bytes}\n`).sort();
  await blobs.put(marker(batch), `${sha256(lines.join(""))}\n`, { ifAbsent: true });
}

function missingOf(wanted: Map<string, number>, there: Map<string, number>, batch: string): string[] {
  return [...wanted].flatMap(([name, bytes]) => {
    const size = there.get(prefix(batch) + name);
    if (size === bytes) return [];
    return size === undefined ? [`${name} is missing`] : [`${name} has ${size} bytes instead of ${bytes}`];
  });
}

const SHOWN = 10;
const list = (faults: string[]) =>
  faults.length > SHOWN
    ? `${faults.slice(0, SHOWN).join(", ")} and ${faults.length - SHOWN} more`
    : faults.join(", ");

const incomplete = (batch: string, why: string) =>
  new SluiceError(
    "batch.incomplete",
    `Batch ${batch} is not complete: ${why}`,
    "Announce the files again and send what is asked for, then complete it.",
  );
