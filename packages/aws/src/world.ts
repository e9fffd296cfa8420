import type { Blobs, Clock, Documents } from "@sluice/core/ports";
import { s3Blobs } from "./blobs";
import { systemClock } from "./clock";
import { dynamoDocuments } from "./documents";
import { readEnv } from "./env";

/** What programs on the host (trainer, serving) may use. */
export interface HostWorld {
  blobs: Blobs;
  documents: Documents;
  clock: Clock;
  /** Where a trainer keeps what it has decoded, on the host's own disk; absent, it keeps nothing. */
  cacheFolder?: string;
}

/** The world of SLUICE_BUCKET and SLUICE_TABLE. Both worlds' packages export this; SLUICE_WORLD names the package. */
export function openHostWorld(env: NodeJS.ProcessEnv = process.env): HostWorld {
  const { bucket, table } = readEnv(["bucket", "table"], env);
  return {
    blobs: s3Blobs({ bucket }),
    documents: dynamoDocuments({ table }),
    clock: systemClock,
    cacheFolder: env.SLUICE_CACHE,
  };
}
