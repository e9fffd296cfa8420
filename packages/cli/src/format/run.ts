import type { HistoryEvent } from "@sluice/core/run/history-event";
import type * as Run from "@sluice/core/run/index";
import type * as Validation from "@sluice/core/validation/report";
import type { Activity } from "@sluice/local/runner/carrier";
import type { Io } from "../io";
import { table } from "./table";
import { duration, moment, score, sentence, shortVersion } from "./values";

/** The row of a run for machines. */
export const runRow = (run: Run.Info) => ({
  id: run.id,
  outcome: run.outcome,
  verdict: run.verdict?.decision ?? null,
  dice: run.dice,
  iou: run.iou,
  seconds: run.endedAt === null ? null : Math.round((run.endedAt - run.startedAt) / 100) / 10,
});

/** A run for machines, without its steps' answers. */
export function runJson({ steps: _, ...run }: Run.Info) {
  return { ...run, ...runRow(run as Run.Info), verdict: run.verdict };
}

const GOOD = new Set(["promoted", "kept", "unchanged"]);

/** @param activity what goes on with a run that has no outcome */
export function outcome(
  run: Run.Info,
  { colours }: Pick<Io, "colours">,
  activity: Activity | null = "running",
): string {
  if (run.outcome === null)
    return activity === "interrupted" ? colours.yellow(activity) : colours.cyan(activity ?? "running");
  return GOOD.has(run.outcome) ? colours.green(run.outcome) : colours.yellow(run.outcome);
}

export function runsTable(
  runs: readonly Run.Info[],
  io: Pick<Io, "colours">,
  activities: readonly (Activity | null)[] = [],
): string {
  const rows = runs.map((run, i) => [
    run.id,
    run.batch,
    outcome(run, io, activities[i]),
    run.verdict?.decision ?? "–",
    run.model === null ? "–" : String(run.model),
    score(run.dice),
    score(run.iou),
    run.endedAt === null ? "–" : duration(run.endedAt - run.startedAt),
  ]);
  return table(["run", "batch", "outcome", "verdict", "model", "Dice", "IoU", "took"], rows, io);
}

interface Background {
  history?: readonly HistoryEvent[];
  report?: Validation.Report | undefined;
  activity?: Activity | null | undefined;
}

/** What a person reads about one run: its end, its states, the gate's reasons, the faults. */
export function runText(
  run: Run.Info,
  { history = [], report, activity }: Background,
  io: Pick<Io, "colours">,
): string {
  const parts = [head(run, io, activity), states(history, io), reasons(run, io), faults(report, io)];
  return parts.filter((part) => part !== "").join("\n\n");
}

function head(run: Run.Info, io: Pick<Io, "colours">, activity: Activity | null | undefined): string {
  const facts: [string, string | null][] = [
    ["Run", `${run.id}: ${outcome(run, io, activity)}`],
    ["", run.summary],
    ["Batch", run.batch],
    ["Began", moment(run.startedAt)],
    ["Took", run.endedAt === null ? null : duration(run.endedAt - run.startedAt)],
    ["Dataset", run.datasetVersion === null ? null : shortVersion(run.datasetVersion)],
    ["Model", run.model === null ? null : `${run.model} (judged against ${run.judgedAgainst ?? "none"})`],
    ["Scores", run.dice === null ? null : `Dice ${score(run.dice)}, IoU ${score(run.iou)}`],
    ["Pull req.", run.pullRequest],
    ["Error", run.error && `${run.error.code}: ${sentence(run.error.message)} ${run.error.hint}`.trim()],
  ];
  const kept = facts.filter((fact): fact is [string, string] => fact[1] !== null);
  return kept.map(([name, value]) => `${io.colours.dim(name.padEnd(10))}${value}`).join("\n");
}

interface StateSpan {
  state: string;
  enteredAt: number;
  /** Null while it is there. */
  leftAt: number | null;
  hasFailed: boolean;
}

/** The states that a run went through; one entered again after a resume is there again. */
export function spans(history: readonly HistoryEvent[]): StateSpan[] {
  const found: StateSpan[] = [];
  for (const { type, state, at } of history) {
    const open = found.findLast((span) => span.leftAt === null);
    if (type === "StateEntered" && state !== undefined) {
      found.push({ state, enteredAt: at, leftAt: null, hasFailed: false });
    } else if (open && type !== "StateEntered") {
      const isEnd = type.startsWith("Execution") || open.state === state;
      if (isEnd) open.leftAt = at;
      if (type === "StateFailed" && open.state === state) open.hasFailed = true;
    }
  }
  return found;
}

function states(history: readonly HistoryEvent[], { colours }: Pick<Io, "colours">): string {
  const lines = spans(history).map(({ state, enteredAt, leftAt, hasFailed }) => {
    const mark = hasFailed ? colours.red("✗") : leftAt === null ? colours.cyan("…") : colours.green("✓");
    return `${mark} ${state.padEnd(20)} ${leftAt === null ? "" : colours.dim(duration(leftAt - enteredAt))}`.trimEnd();
  });
  return lines.join("\n");
}

function reasons({ verdict }: Run.Info, { colours }: Pick<Io, "colours">): string {
  if (!verdict) return "";
  const lines = verdict.reasons.map(
    ({ rule, holds, message }) =>
      `  ${holds ? colours.green("✓") : colours.red("✗")} ${rule.padEnd(10)} ${message}`,
  );
  return [`Verdict: ${verdict.decision}`, ...lines].join("\n");
}

/** Every fault of a batch, file by file. */
export function faults(report: Validation.Report | undefined, { colours }: Pick<Io, "colours">): string {
  if (!report) return "";
  const line = (mark: string) => (fault: Validation.Fault) =>
    `  ${mark} ${colours.bold(fault.code)}: ${fault.file} ${fault.message}. ${fault.hint}`.trimEnd();
  return [
    ...report.faults.map(line(colours.red("✗"))),
    ...report.warnings.map(line(colours.yellow("!"))),
  ].join("\n");
}
