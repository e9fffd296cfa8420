import type { GetExecutionHistoryOutput, HistoryEvent as SfnEvent } from "@aws-sdk/client-sfn";
import type { HistoryEvent } from "@sluice/core/run/history-event";

/** Where a run waits, chooses or branches: nothing that a person waits for happens in them. */
const SILENT = /^(Wait|Choice|Parallel)State(Entered|Exited)$/;
const ENDS = {
  ExecutionSucceeded: "ExecutionSucceeded",
  ExecutionFailed: "ExecutionFailed",
  ExecutionAborted: "ExecutionAborted",
  ExecutionTimedOut: "ExecutionAborted",
} as const;
const isEnd = (type: string): type is keyof typeof ENDS => type in ENDS;

/**
 * An execution's history as what a person wants to see: steps entered and left, without waits, choices, repeated
 * looks, retries and what goes on inside a map. The same as the local runner tells.
 */
export async function stepsOf(
  runId: string,
  pages: AsyncIterable<Pick<GetExecutionHistoryOutput, "events">>,
): Promise<HistoryEvent[]> {
  const steps = stepReader(runId);
  for await (const { events = [] } of pages) for (const event of events) steps.see(event);
  return steps.seen;
}

function stepReader(runId: string) {
  const seen: HistoryEvent[] = [];
  let current: string | undefined;
  /** What the current state's last attempt failed with; the next attempt forgets it. */
  let failure: { Error?: string; Cause?: string } | undefined;
  let map: string | undefined;
  let hasEnded = false;

  const say = (
    event: SfnEvent,
    type: HistoryEvent["type"],
    more: { state?: string; detail?: unknown } = {},
  ) => seen.push({ runId, at: event.timestamp?.getTime() ?? 0, type, ...more });

  const leave = (event: SfnEvent) => {
    if (current !== undefined) {
      if (failure) say(event, "StateFailed", { state: current, detail: failure });
      else say(event, "StateExited", { state: current });
    }
    current = undefined;
    failure = undefined;
  };

  const enter = (event: SfnEvent, state: string) => {
    if (state === current && !failure) return;
    leave(event);
    current = state;
    say(event, "StateEntered", { state });
  };

  const see = (event: SfnEvent) => {
    const { type = "" } = event;
    if (hasEnded) return;
    if (type === "ExecutionStarted") say(event, "ExecutionStarted");
    else if (isEnd(type)) {
      const detail = detailOf(event);
      failure &&= detail ?? failure;
      leave(event);
      say(event, ENDS[type], detail && { detail });
      hasEnded = true;
    } else if (map !== undefined) {
      if (type === "MapRunFailed") failure = detailOf(event) ?? {};
      else if (type === "MapStateFailed") {
        failure ??= {};
        map = undefined;
      } else if (type === "MapStateExited" && event.stateExitedEventDetails?.name === map) map = undefined;
    } else if (SILENT.test(type)) return;
    else if (type.endsWith("StateEntered")) {
      const state = event.stateEnteredEventDetails?.name ?? "";
      enter(event, state);
      if (type === "MapStateEntered") map = state;
      if (type === "FailStateEntered") failure = {};
    } else if (
      /^(Task|LambdaFunction)(Failed|TimedOut|StartFailed|SubmitFailed|ScheduleFailed)$/.test(type)
    ) {
      failure = detailOf(event) ?? {};
    } else if (/^(Task|LambdaFunction)(Scheduled|Succeeded)$/.test(type)) failure = undefined;
    else if (type === "MapStateStarted") {
      map = current; // once more, where a map is retried
      failure = undefined;
    }
  };
  return { seen, see };
}

/** Every kind of failure has its details under a name of its own, in one form. */
function detailOf(event: SfnEvent): { Error?: string; Cause?: string } | undefined {
  for (const [name, details] of Object.entries(event)) {
    if (!/(Failed|TimedOut|Aborted)EventDetails$/.test(name) || !details) continue;
    const { error, cause } = details as { error?: string; cause?: string };
    if (error || cause) return { Error: error, Cause: cause };
  }
  return undefined;
}
