import { type Clock, type Documents, Run, type Runs, type Settings, sha256 } from "@sluice/core";
import { BatchId, EpochMs, RunId } from "@sluice/core/ids";
import * as z from "zod";

/** An object that was created: the same event again has the same version. */
export interface Created {
  bucket: string;
  key: string;
  version: string;
}
export type Started = { runId: string } | { ignored: string };
interface Ports {
  runs: Runs;
  documents: Documents;
  clock: Clock;
  settings: Settings;
}

/** What an upload has led to. Without a run: whoever claimed it died, or is at it. */
const Claim = z.object({ key: z.string(), claimedAt: EpochMs, runId: RunId.nullable() });

/**
 * Starts the run of a batch that is complete. The same upload event again gives the same run, also after that has
 * ended; a marker that is uploaded anew is a new attempt. What is no batch is left alone.
 */
export async function startRun(created: Created, world: Ports): Promise<Started> {
  const batch = batchOf(created.key);
  if (batch === undefined) return { ignored: `${created.key} completes no batch` };
  const claimKey = `starts/${sha256(`${created.bucket}\n${created.key}\n${created.version}`)}`;
  const fresh = { key: created.key, claimedAt: world.clock.now(), runId: null };
  const claim = await world.documents.update(claimKey, Claim, (current) => current ?? fresh);
  const isAgain = claim.claimedAt < fresh.claimedAt;
  const earlier = isAgain ? await startedSince(batch, claim.claimedAt, world) : undefined;
  const runId = claim.runId ?? earlier ?? (await start(batch, world));
  await world.documents.update(claimKey, Claim, (current) => ({ ...(current ?? claim), runId }));
  return { runId };
}

/** `incoming/<batch>/_SUCCESS` or `incoming/<batch>.zip`. */
function batchOf(key: string): string | undefined {
  const name = /^incoming\/([^/]+)(?:\/_SUCCESS|\.zip)$/.exec(key)?.[1];
  return BatchId.safeParse(name).data;
}

/** The run that an earlier try has started before it died. */
async function startedSince(batch: string, since: number, world: Ports): Promise<string | undefined> {
  const runs = await Run.list(world);
  return runs.find((run) => run.batch === batch && run.startedAt >= since)?.id;
}

async function start(batch: string, { runs, settings }: Ports): Promise<string> {
  const { runId } = await runs.start({ batch, masks: settings.masks });
  return runId;
}
