import type { HistoryEvent } from "@sluice/core/run/history-event";
import type * as Training from "@sluice/core/training/index";
import { duration } from "../format/values";
import type { Io } from "../io";
import { type Sight, training } from "./sight";
import { trainingNews } from "./training";

const INDENT = "    ";

function eventLine(event: HistoryEvent, before: readonly HistoryEvent[]): string[] {
  const entered = before.findLast((b) => b.type === "StateEntered" && b.state === event.state);
  const took = entered ? duration(event.at - entered.at) : "";
  if (event.type === "StateEntered") return [`→ ${event.state}`];
  if (event.type === "StateExited") return [`✓ ${event.state} ${took}`.trimEnd()];
  if (event.type === "StateFailed") return [`✗ ${event.state} ${took}`.trimEnd()];
  return event.type === "ExecutionAborted" ? ["✗ stopped"] : [];
}

/**
 * For pipes and logs: the lines that are new since the last look, one per change of state and one per epoch.
 *
 * @param since events before this moment (epoch ms) are not told again
 */
export function plainLines(since = 0): (sight: Sight) => string[] {
  let told = 0;
  let last: Training.Progress | null = null;
  return (sight) => {
    const { history } = sight;
    const events = history.slice(told).flatMap((event, i) => {
      return event.at < since ? [] : eventLine(event, history.slice(0, told + i));
    });
    told = Math.max(told, history.length);
    const now = training(sight, since) ?? (last && sight.progress);
    const epochs = now ? trainingNews(last, now).map((line) => INDENT + line) : [];
    last = now ?? last;
    // What the training said comes before the line that says it is over.
    const isOver = training(sight, since) === null;
    return isOver ? [...epochs, ...events] : [...events, ...epochs];
  };
}

/** Tells them as they come. */
export function lineTeller(io: Pick<Io, "say">, since?: number) {
  const news = plainLines(since);
  return { show: (sight: Sight) => news(sight).forEach(io.say), end: () => {} };
}
