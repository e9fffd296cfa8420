import { join } from "node:path";
import { ERROR_CODES, type ErrorCode, SluiceError } from "@sluice/core/errors";
import type * as Run from "@sluice/core/run/index";
import { keys } from "@sluice/core/validation/report";
import { rooms } from "@sluice/local/home";
import type { Activity } from "@sluice/local/runner/carrier";
import type { Answer } from "../command";
import { runJson, runText } from "../format/run";
import type { Io } from "../io";
import type { Sight } from "../live/sight";

const isKnown = (code: string): code is ErrorCode => ERROR_CODES.some((known) => known === code);

/**
 * The error that a command ends with when it was to bring this run through.
 *
 * @param option what a command must be told to find the run again
 */
export function errorOf(run: Run.Info, option = ""): SluiceError | undefined {
  const { id, outcome, error } = run;
  const resume = `Go on with it: sluice runs resume ${id}${option}.`;
  if (outcome === "rejected") {
    return new SluiceError(
      "batch.rejected",
      `Batch ${run.batch} is rejected: ${run.summary}`,
      "Mend the files named and push again; the champion is untouched.",
    );
  }
  if (outcome === "failed") {
    const code = error && isKnown(error.code) ? error.code : "run.failed";
    return new SluiceError(
      code,
      error?.message || (run.summary ?? `Run ${id} failed`),
      error?.hint || resume,
    );
  }
  if (outcome === "stopped") return new SluiceError("run.failed", `Run ${id} was stopped`, resume);
  if (outcome === "rolled_back") {
    const message = run.summary ?? `Run ${id} was rolled back`;
    const hint = `See what it met: sluice runs show ${id}${option}. A later batch trains a new model.`;
    return new SluiceError("release.smoke_failed", message, hint);
  }
  return undefined;
}

/** Where a person reads what is wrong with a batch. */
export const pagesIn = (home: string) => (batch: string) => join(rooms(home).blobs, keys(batch).page);

/**
 * A run for the command line. `states` are left out where they were shown while it went on.
 *
 * @param pageOf where the report of a batch is read
 */
export function runAnswer(
  sight: Sight,
  pageOf: (batch: string) => string,
  io: Io,
  { states, activity }: { states: boolean; activity?: Activity | null },
): Answer {
  const { run, history, report } = sight;
  const shown = report ?? undefined;
  const page = report ? pageOf(run.batch) : null;
  const text = runText(run, { history: states ? history : [], report: shown, activity }, io);
  const hasFindings = shown !== undefined && shown.faults.length + shown.warnings.length > 0;
  const json = {
    ...runJson(run),
    faults: report?.faults ?? [],
    warnings: report?.warnings ?? [],
    report: page,
    ...(activity !== undefined && { activity }),
    ...(states && { history }),
  };
  return { json, text: hasFindings ? `${text}\n\nReport: ${page}` : text };
}
