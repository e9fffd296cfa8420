import type { OpenAPIHono } from "@hono/zod-openapi";
import type * as z from "zod";
import { ErrorAnswer } from "./errors";

export type App = OpenAPIHono;

/** A JSON body, asked for or answered. */
export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

/** Errors are the same everywhere: the status is that of the code. */
export const ERRORS = { default: json(ErrorAnswer, "What is wrong, and what to do about it") };
