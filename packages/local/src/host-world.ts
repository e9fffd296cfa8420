import type { Blobs, Clock, Documents } from "@sluice/core";
import { fileBlobs } from "./blobs";
import { systemClock } from "./clock";
import { fileDocuments } from "./documents";
import { homeDir, rooms } from "./home";

/** What programs on the host (trainer, serving) may use. */
export interface HostWorld {
  blobs: Blobs;
  documents: Documents;
  clock: Clock;
  /** Where a trainer keeps what it has decoded. */
  cacheFolder: string;
}

/** The world of SLUICE_HOME. Both worlds' packages export this function; SLUICE_WORLD names the package. */
export function openHostWorld(env: NodeJS.ProcessEnv = process.env): HostWorld {
  const { blobs, documents, examples } = rooms(homeDir(env));
  return {
    blobs: fileBlobs(blobs),
    documents: fileDocuments(documents),
    clock: systemClock,
    cacheFolder: examples,
  };
}
