import type { Runs, Settings } from "@sluice/core";
import { BatchId } from "@sluice/core/ids";

/** An object that was created: the same event again has the same version. */
export interface Created {
  bucket: string;
  key: string;
  version: string;
}
export type Started = { runId: string } | { ignored: string };

/**
 * Starts the run of a batch that is complete, or answers the one under way. What is no batch is left alone. The entry
 * point sees to it that the same event leads here once.
 */
export async function startRun(
  { key }: Created,
  { runs, settings }: { runs: Runs; settings: Settings },
): Promise<Started> {
  const batch = batchOf(key);
  if (batch === undefined) return { ignored: `${key} completes no batch` };
  const { runId } = await runs.start({ batch, masks: settings.masks });
  return { runId };
}

/** `incoming/<batch>/_SUCCESS` or `incoming/<batch>.zip`. */
function batchOf(key: string): string | undefined {
  const name = /^incoming\/([^/]+)(?:\/_SUCCESS|\.zip)$/.exec(key)?.[1];
  return BatchId.safeParse(name).data;
}
