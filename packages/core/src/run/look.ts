import * as z from "zod";
import { readJson } from "../json-blob";
import type { Blobs, Documents, Runs } from "../ports";
import * as Training from "../training";
import * as Validation from "../validation/report";
import * as Run from ".";
import { HistoryEvent } from "./history-event";

/** All that one sees of a run at one moment. */
export const Sight = z.object({
  run: Run.Info,
  history: z.array(HistoryEvent),
  /** Null while nothing is being trained. */
  progress: Training.Progress.nullable(),
  /** Of the batch, once it is validated. */
  report: Validation.Report.nullable(),
});
export type Sight = z.infer<typeof Sight>;

const SPOILT = "Delete the file: the run is then shown without it.";

/** What is stored of a run, whoever carries it. Throws `run.not_found`. */
export async function look(
  runId: string,
  { blobs, documents, history }: { blobs: Blobs; documents: Documents } & Pick<Runs, "history">,
): Promise<Sight> {
  const run = await Run.get(runId, { documents });
  const [events, progress, report] = await Promise.all([
    history(run.id),
    json(blobs, Training.keys(run.id).progress, Training.Progress),
    json(blobs, Validation.keys(run.batch).report, Validation.Report),
  ]);
  return { run, history: events, progress, report };
}

/** Null while it is not there. Throws `document.invalid` naming the file. */
const json = async <S extends z.ZodType>(
  blobs: Blobs,
  key: string,
  schema: S,
): Promise<z.output<S> | null> => ((await blobs.has(key)) ? readJson(key, schema, { blobs }, SPOILT) : null);
