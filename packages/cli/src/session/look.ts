import type { Blobs, Documents } from "@sluice/core";
import * as Run from "@sluice/core/run/index";
import * as Training from "@sluice/core/training/index";
import * as Validation from "@sluice/core/validation/report";
import { read } from "@sluice/local/runner/history";
import type { z } from "zod";
import type { Sight } from "../live/sight";

/** What a home's files say about a run, whoever carries it. Throws `run.not_found`. */
export async function look(
  runId: string,
  { home, blobs, documents }: { home: string; blobs: Blobs; documents: Documents },
): Promise<Sight> {
  const run = await Run.get(runId, { documents });
  const [history, progress, report] = await Promise.all([
    read(home, run.id),
    json(blobs, Training.keys(run.id).progress, Training.Progress),
    json(blobs, Validation.keys(run.batch).report, Validation.Report),
  ]);
  return { run, history, progress, report };
}

async function json<S extends z.ZodType>(blobs: Blobs, key: string, schema: S): Promise<z.output<S> | null> {
  const body = await blobs.get(key).catch(() => undefined); // it may not be there yet
  if (!body) return null;
  return schema.parse(JSON.parse(body.toString()));
}
