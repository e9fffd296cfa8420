import type { Blobs, Documents } from "@sluice/core";
import { readJson } from "@sluice/core/json-blob";
import * as Run from "@sluice/core/run/index";
import * as Training from "@sluice/core/training/index";
import * as Validation from "@sluice/core/validation/report";
import { read } from "@sluice/local/runner/history";
import type * as z from "zod";
import type { Sight } from "../live/sight";

const SPOILT = "Delete the file (under blobs/ in the home): the run is then shown without it.";

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

/** Null while it is not there. Throws `document.invalid` naming the file. */
const json = async <S extends z.ZodType>(
  blobs: Blobs,
  key: string,
  schema: S,
): Promise<z.output<S> | null> => ((await blobs.has(key)) ? readJson(key, schema, { blobs }, SPOILT) : null);
