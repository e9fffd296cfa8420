import { isSluiceError, SluiceError } from "@sluice/core";
import { httpStatus } from "@sluice/core/http-status";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppContext, Serving } from "./context";
import { isPredicting, routeOf } from "./metrics";
import type { Failure } from "./schemas";

const RETRY_AFTER_SECONDS: Record<number, string> = { 429: "1", 503: "2" };

/** What a client is told of an error: never a stack, and of one that was not foreseen only its id. */
function toFailure(error: unknown, requestId: string): { status: number; failure: Failure } {
  if (isSluiceError(error)) {
    const { code, message, hint } = error;
    return { status: httpStatus[code], failure: { code, message, hint } };
  }
  const hint = `Try again; if it stays, look for ${requestId} in the server's log.`;
  return {
    status: 500,
    failure: { code: "internal", message: "Something unexpected went wrong", hint, id: requestId },
  };
}

/** How an error would be answered. */
export function statusOf(error: unknown): { status: number; code: Failure["code"] } {
  const { status, failure } = toFailure(error, "");
  return { status, code: failure.code };
}

/** Tells a failure apart, counts it, and logs it where it is not the client's. */
export function note(error: unknown, c: AppContext, { metrics, log }: Serving) {
  const requestId = c.get("requestId");
  const { status, failure } = toFailure(error, requestId);
  const route = routeOf(c.req.path);
  metrics.errors.inc({ route, code: failure.code });
  if (isPredicting(route) && c.get("answeredBy")?.traffic !== "replay")
    metrics.failed(c.get("answeredBy"), failure.code);
  if (status >= 500 && failure.code !== "model.not_ready") {
    log(`${requestId} ${c.req.method} ${route}: ${describe(error)}`);
  }
  return { status, failure };
}

const describe = (error: unknown) =>
  error instanceof Error && !isSluiceError(error) ? (error.stack ?? error.message) : String(error);

export function answerError(error: unknown, c: AppContext, serving: Serving): Response {
  const { status, failure } = note(error, c, serving);
  c.set("code", failure.code);
  tellWhen(error, status, c);
  return c.json({ error: failure }, status as ContentfulStatusCode);
}

/** `Retry-After`, where trying again later makes sense. */
export function tellWhen(error: unknown, status: number, c: AppContext): void {
  const retryAfter = retryAfterOf(error) ?? RETRY_AFTER_SECONDS[status];
  if (retryAfter) c.header("Retry-After", retryAfter);
}

/** Whole seconds, where the error knows when it is worth trying again. */
const retryAfterOf = (error: unknown): string | undefined =>
  error instanceof Error && "retryAfterSeconds" in error && typeof error.retryAfterSeconds === "number"
    ? String(Math.max(1, Math.ceil(error.retryAfterSeconds)))
    : undefined;

export const noSuchPage = () =>
  new SluiceError("usage.not_found", "There is nothing under this address", "What there is: /docs.");
