import { parseJson } from "@sluice/core/json-blob";
import type { Context, Hono } from "hono";
import type * as z from "zod";
import { callerOf } from "./caller";
import { invalid, noJson } from "./errors";

type Schema = z.ZodType;
/** What a route takes and answers: validates its requests, types its handler, and describes it. */
export interface Route<P extends Schema, Q extends Schema, B extends Schema, A extends Schema> {
  method: "get" | "post";
  /** With `{name}` for what `params` describes. */
  path: string;
  summary: string;
  params?: P;
  query?: Q;
  /** An empty body is an empty object. */
  body?: B;
  status?: 200 | 202;
  answer: A;
}
export type AnyRoute = Route<Schema, Schema, Schema, Schema>;

/** The app, and what its routes are. */
export interface App {
  hono: Hono;
  routes: AnyRoute[];
}

interface Asked<P extends Schema, Q extends Schema, B extends Schema> {
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
  /** Null where nobody has to say. */
  caller: string | null;
}

/** Adds a route to the app. What does not fit is refused with `usage.invalid` naming each field. */
export function route<
  A extends Schema,
  P extends Schema = z.ZodUndefined,
  Q extends Schema = z.ZodUndefined,
  B extends Schema = z.ZodUndefined,
>(
  { hono, routes }: App,
  spec: Route<P, Q, B, A>,
  handle: (asked: Asked<P, Q, B>) => Promise<z.output<A>>,
): void {
  routes.push(spec as unknown as AnyRoute);
  const { method, path, status = 200, params, query, body } = spec;
  hono[method](path.replace(/\{(\w+)\}/g, ":$1"), async (c) => {
    const asked = {
      params: params && fitting(params, c.req.param()),
      query: query && fitting(query, c.req.query()),
      body: body && fitting(body, await jsonOf(c)),
      caller: callerOf(c),
    };
    return c.json((await handle(asked as Asked<P, Q, B>)) as never, status);
  });
}

function fitting<S extends Schema>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues);
}

async function jsonOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text === "") return {};
  const value = parseJson(text);
  if (value === undefined) throw noJson();
  return value;
}
