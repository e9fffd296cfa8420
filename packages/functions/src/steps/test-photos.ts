import { Run } from "@sluice/core";
import { bytes } from "@sluice/core/dataset/files";
import { readPairs } from "@sluice/core/dataset/manifest";
import type { Pair } from "@sluice/core/dataset/pair";
import type { With } from "../step";

/** What a request of any world bears. */
const MOST_BYTES = 4_000_000;

/** The pairs of the frozen test split of the run's dataset: all, and those whose photo any world takes. */
export async function testPairs(
  runId: string,
  world: With<"blobs" | "documents">,
): Promise<{ all: Pair[]; askable: Pair[] }> {
  const { datasetVersion } = await Run.get(runId, world);
  if (datasetVersion === null) return { all: [], askable: [] };
  const all = (await readPairs(datasetVersion, world.blobs)).filter(({ split }) => split === "test");
  return { all, askable: all.filter(({ photo }) => photo.bytes <= MOST_BYTES) };
}

export const photoOf = ({ photo }: Pair, world: With<"blobs">): Promise<Buffer> => bytes(photo, world);
