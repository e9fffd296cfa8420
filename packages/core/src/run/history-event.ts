import * as z from "zod";

/** One thing that happened in a run's state machine: what `sluice runs show` prints. */
export const HistoryEvent = z.object({
  runId: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
  type: z.enum([
    "ExecutionStarted",
    "StateEntered",
    "StateExited",
    "StateFailed",
    "ExecutionSucceeded",
    "ExecutionFailed",
    "ExecutionAborted",
  ]),
  state: z.string().optional(),
  detail: z.unknown().optional(),
});
export type HistoryEvent = z.infer<typeof HistoryEvent>;
