import type { Blobs, Documents } from "@sluice/core";
import { look as lookAt, type Sight } from "@sluice/core/run/look";
import { read } from "@sluice/local/runner/history";

/** What a home's files say about a run, whoever carries it. Throws `run.not_found`. */
export const look = (
  runId: string,
  { home, ...stored }: { home: string; blobs: Blobs; documents: Documents },
): Promise<Sight> => lookAt(runId, { ...stored, history: (id) => read(home, id) });
