import type { MaskPolicy } from "@sluice/core";
import { upload } from "@sluice/core/batch/index";
import { marker } from "@sluice/core/batch/keys";
import type { Source } from "@sluice/core/batch/source";
import { isSluiceError } from "@sluice/core/errors";
import * as Run from "@sluice/core/run/index";
import type { Stage } from "../session/stage";
import { runThatBegins } from "./begun";

interface Options {
  masks?: MaskPolicy;
  onFile: (done: number, total: number) => void;
}

/**
 * Brings a batch straight to a stage's bucket, with the user's own credentials; the bucket's event starts its run.
 *
 * @returns that run; of a batch that was there already, a run that is started here, or its latest for whoever may
 * only upload
 */
export async function pushToStage(
  source: Source,
  stage: Stage,
  { masks, onFile }: Options,
): Promise<{ runId: string }> {
  const { batch } = source;
  const runs = async () => (await Run.list(stage)).filter((run) => run.batch === batch);
  if (await stage.blobs.has(marker(batch))) {
    return stage.runs.start({ batch, ...(masks && { masks }) }).catch(async (error: unknown) => {
      const latest = (await runs()).at(-1);
      if (latest && isSluiceError(error) && error.code === "world.denied") return { runId: latest.id };
      throw error;
    });
  }
  const before = await runs();
  const { blobs } = stage;
  await upload(
    source,
    {
      blobs: {
        ...blobs,
        put: async (key, body, options) => {
          // The event starts the run that is open, with its masks.
          if (key === marker(batch) && masks) await Run.open({ batch, masks }, stage);
          return blobs.put(key, body, options);
        },
      },
    },
    onFile,
  );
  return runThatBegins(batch, before, runs);
}
