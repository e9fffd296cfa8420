import * as z from "zod";
import { ErrorAnswer } from "./errors";
import type { AnyRoute } from "./route";

/** Written with zod's own JSON Schema: libraries that extend zod pull all of it, and half a megabyte, into a Lambda. */
const schemaOf = (schema: z.ZodType, io: "input" | "output") => {
  const { "~standard": _, ...plain } = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    unrepresentable: "any",
    io,
  });
  return plain;
};

const json = (description: string, schema: z.ZodType, io: "input" | "output") => ({
  description,
  content: { "application/json": { schema: schemaOf(schema, io) } },
});

function parameters(place: "path" | "query", schema: z.ZodType | undefined) {
  if (!schema) return [];
  const { properties = {} } = schemaOf(schema, "input");
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path",
    // In an address everything is written as text.
    schema: typeof property === "object" && Object.keys(property).length > 0 ? property : { type: "string" },
  }));
}

function operation({ path, method, summary, params, query, body, status = 200, answer }: AnyRoute) {
  return {
    operationId: `${method}${path.replace(/[/{}]+(\w)?/g, (_, c = "") => c.toUpperCase())}`,
    summary,
    parameters: [...parameters("path", params), ...parameters("query", query)],
    ...(body && { requestBody: json("", body, "input") }),
    responses: {
      [status]: json(summary, answer, "output"),
      default: json("What is wrong, and what to do about it", ErrorAnswer, "output"),
    },
  };
}

/** The document of `/openapi.json`. */
export function openApiDocument(routes: readonly AnyRoute[]) {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return {
    openapi: "3.0.3",
    info: {
      title: "Sluice control",
      version: "0.1.0",
      description: "Uploads, runs, models and the dataset.",
    },
    servers: [{ url: "/" }],
    paths,
  };
}
