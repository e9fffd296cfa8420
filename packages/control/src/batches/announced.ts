import { sha256 } from "@sluice/core/digest";
import { EpochMs } from "@sluice/core/ids";
import { readJson } from "@sluice/core/json-blob";
import { mapLimit } from "@sluice/core/map-limit";
import type { Blobs, Clock } from "@sluice/core/ports";
import * as z from "zod";
import type { AnnouncedFile } from "./schemas";

/** Beside the batches, where no batch can be: ids do not start with `_`. */
const prefix = (batch: string) => `incoming/_announced/${batch}/`;
const READERS = 8;

const Files = z.object({
  at: EpochMs,
  files: z.array(z.object({ name: z.string(), bytes: z.number() })),
});

/** Keeps what is to come. The same list again is the same announcement. */
export async function keep(
  batch: string,
  files: readonly AnnouncedFile[],
  { blobs, clock }: { blobs: Blobs; clock: Clock },
): Promise<void> {
  const kept = files.map(({ name, bytes }) => ({ name, bytes }));
  const key = `${prefix(batch)}${sha256(JSON.stringify(kept)).slice(0, 16)}.json`;
  await blobs.put(key, JSON.stringify({ at: clock.now(), files: kept }));
}

/**
 * Every announced file of the batch with its size; the announcement that came last counts. Undefined: nothing was
 * announced.
 */
export async function announced(
  batch: string,
  { blobs }: { blobs: Blobs },
): Promise<Map<string, number> | undefined> {
  const keys = await blobs.list(prefix(batch));
  if (keys.length === 0) return undefined;
  const lists = await mapLimit(keys, READERS, (key) => readJson(key, Files, { blobs }, "Announce again."));
  lists.sort((a, b) => a.at - b.at);
  return new Map(lists.flatMap(({ files }) => files.map(({ name, bytes }) => [name, bytes] as const)));
}
