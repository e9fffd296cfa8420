import { Bundle, Lease, Registry, Run, sha256, type World } from "@sluice/core";

/** A run whose gate has judged this model better than the champion, and which holds the host; the model's number. */
export async function judged(
  runId: string,
  files: Record<string, Uint8Array>,
  world: World,
  datasetVersion?: string,
): Promise<number> {
  const bundleDigest = sha256(files[Bundle.MODEL_JSON]!);
  const lineage = { runId, datasetVersion: datasetVersion ?? "d".repeat(64), codeCommit: "abc" };
  const { number } = await Registry.register({ ...lineage, bundleDigest, dice: 0.9, iou: 0.8 }, world);
  for (const [name, body] of Object.entries(files))
    await world.blobs.put(Bundle.modelPrefix(number) + name, body);
  await Run.create({ id: runId, batch: runId }, world);
  const { champion } = await Registry.read(world);
  await Run.note(
    runId,
    { model: number, judgedAgainst: champion, ...(datasetVersion && { datasetVersion }) },
    world,
  );
  await Lease.acquire({ holder: runId, ttlMs: 600_000 }, world);
  return number;
}
