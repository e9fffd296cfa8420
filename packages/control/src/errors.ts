import { ERROR_CODES, isSluiceError, SluiceError } from "@sluice/core/errors";
import { httpStatus } from "@sluice/core/http-status";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import { callerOf } from "./caller";
import type { ControlDeps } from "./deps";

/** The body of every answer that is none. */
export const ErrorAnswer = z.object({
  error: z.object({ code: z.enum([...ERROR_CODES, "internal"]), message: z.string(), hint: z.string() }),
});

/** What a client is told of an error: never a stack. */
export function answerError(error: unknown, c: Context, { log }: Pick<ControlDeps, "log">): Response {
  const known = isSluiceError(error) ? error : undefined;
  const status = known ? httpStatus[known.code] : 500;
  if (status >= 500) {
    const { method, path } = c.req;
    const stack = error instanceof Error ? error.stack : String(error);
    log({ level: "error", message: String(error), caller: callerOf(c), method, path, stack });
  }
  if (status === 503) c.header("Retry-After", "2");
  return c.json({ error: known ? told(known) : INTERNAL }, status as ContentfulStatusCode);
}

const told = ({ code, message, hint }: SluiceError) => ({ code, message, hint });
const INTERNAL = { code: "internal", message: "Something unexpected went wrong", hint: "See the log." };

export const noJson = () =>
  new SluiceError("usage.invalid", "The request's body is no JSON", "Send a JSON object.");

/** Names each field that does not fit. */
export function invalid(issues: readonly { path: PropertyKey[]; message: string }[]): SluiceError {
  const faults = issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`);
  const shown = faults.length > 5 ? [...faults.slice(0, 5), `${faults.length - 5} more`] : faults;
  return new SluiceError(
    "usage.invalid",
    `The request does not fit: ${shown.join("; ")}`,
    "See: /openapi.json.",
  );
}
