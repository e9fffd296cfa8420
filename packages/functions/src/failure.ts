import { parseJson } from "@sluice/core";
import * as z from "zod";

const Said = z.object({
  errorType: z.string().optional(),
  errorMessage: z.string(),
  hint: z.string().default(""),
});

/** What Step Functions and Lambda say without a word of ours, and what to do about it. */
const OWN_ERRORS: Record<string, { message: string; hint: string }> = {
  "States.Timeout": {
    message: "A step did not answer in time",
    hint: "Resume the run; if it happens again, see the step's log.",
  },
  "States.DataLimitExceeded": {
    message: "A step answered more than 256 KB",
    hint: "See the step's log: answers belong into the bucket.",
  },
  "Sandbox.Timedout": {
    message: "A step did not end within its Lambda's time limit",
    hint: "Resume the run; if it happens again, give the step more time or memory.",
  },
  "Runtime.ExitError": {
    message: "A step's process ended; usually it was out of memory",
    hint: "Resume the run; if it happens again, give the step more memory.",
  },
  "Runtime.OutOfMemory": {
    message: "A step was out of memory",
    hint: "Give the step more memory, then resume the run.",
  },
};

/**
 * An execution's failure, read for people. `Cause` is what `StepError` wrote: as it is in the local runner, and on
 * AWS within Lambda's `{ errorType, errorMessage, trace }`; or it is what Step Functions or Lambda says itself.
 */
export const Failure = z
  .object({ Error: z.string().default("unknown"), Cause: z.string().default("") })
  .transform(({ Error: code, Cause }) => read(code, Cause));

function read(code: string, text: string, hint = ""): { code: string; message: string; hint: string } {
  const { success, data } = Said.safeParse(parseJson(text));
  if (success) return read(data.errorType ?? code, data.errorMessage, data.hint || hint);
  const own = OWN_ERRORS[code];
  if (!own) return { code, message: text || code, hint };
  return { code, message: text ? `${own.message}: ${text}` : own.message, hint: own.hint };
}
