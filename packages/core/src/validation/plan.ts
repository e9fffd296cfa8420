import * as z from "zod";
import { readJson } from "../json-blob";
import { mapLimit } from "../map-limit";
import type { Blobs } from "../ports";
import { verb } from "../verb";
import { outline } from "./outline";
import { AT_ONCE, HINT, PartRequest, Plan, workFiles } from "./work-files";

/**
 * The state machine carries the parts' numbers, and each part's answer, within 256 KB: of a larger batch the parts
 * are larger.
 */
export const MAX_PARTS = 2_000;

/**
 * Divides a batch into parts of so many ids, which can be looked at in any order and at once. There is always one.
 * Asked again, it gives the same answer.
 *
 * Throws `batch.incomplete` while the batch is still being uploaded.
 */
export const plan = verb(
  PartRequest.pick({ batch: true, runId: true }).extend({ pairsPerPart: z.number().int().positive() }),
  async ({ batch, runId, pairsPerPart }, { blobs }: { blobs: Blobs }): Promise<{ parts: number }> => {
    const to = workFiles(runId);
    if (await blobs.has(to.plan)) return readJson(to.plan, Plan, { blobs }, HINT);
    const { outline: known, groups } = await outline(batch, blobs);
    const size = Math.max(pairsPerPart, Math.ceil(groups.length / MAX_PARTS));
    const parts = Math.max(1, Math.ceil(groups.length / size));
    await mapLimit(Array(parts).keys(), AT_ONCE, async (part) => {
      const own = groups.slice(part * size, (part + 1) * size);
      await blobs.put(to.names(part), JSON.stringify(own));
    });
    // Last: where it is, the parts' names are.
    await blobs.put(to.plan, JSON.stringify({ ...known, parts }));
    return { parts };
  },
);
