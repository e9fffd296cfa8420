import type { z } from "@hono/zod-openapi";
import { ROLE_HEADER } from "./choose";
import { ErrorAnswer } from "./schemas";

/** What the descriptions of routes are made of. */
export const text = { type: "string" } as const;
export const binary = { type: "string", format: "binary" } as const;

export const header = (description: string, schema: object = text) => ({ description, schema });
const named = { "X-Request-Id": header("The request's, or one that was made; the server's log has it") };
export const retryAfter = { "Retry-After": header("Seconds", { type: "integer", minimum: 1 }) };
export const etag = {
  ETag: header("A hash of the content; send it back as If-None-Match"),
  "Cache-Control": header("How long it may be kept: for ever, where the address has its `v`"),
};

/** An answer with a body of these types. */
export const answer = (
  description: string,
  types: Record<string, z.ZodType | object>,
  headers: Record<string, object> = {},
) => ({
  description,
  headers: { ...named, ...headers },
  content: Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }])),
});

export const json = (schema: z.ZodType, description: string, headers = {}) =>
  answer(description, { "application/json": schema }, headers);

/** An error's answer. @param codes as in `error.code`, with what they mean */
export const error = (codes: string, headers = {}) => json(ErrorAnswer, codes, headers);

/** What any request may meet before it is looked at. */
export const connectionErrors = {
  400: error("`request.malformed`: no HTTP that is understood"),
  431: error("`request.headers_too_large`: more than 16 KB of headers"),
};

/** Headers that a request may have. */
export const requestId = {
  name: "X-Request-Id",
  in: "header",
  description: "At most 64 letters, digits, `-`, `_` and `=`: taken over; otherwise one is made",
  schema: text,
} as const;
export const role = {
  name: ROLE_HEADER,
  in: "header",
  description:
    "Which of the two released models is to answer; without it the request's id decides, by weight",
  schema: { type: "string", enum: ["champion", "canary"] as string[] },
} as const;
