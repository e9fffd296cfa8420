import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./context";
import { answer, connectionErrors, error, etag, json, requestId, retryAfter, text } from "./openapi-parts";
import { HealthAnswer, NotReadyAnswer, ReadyAnswer } from "./schemas";

const parameters = [requestId];

/** What probes, scrapers and people look at. */
export function describePages({ openAPIRegistry: registry }: OpenAPIHono<AppEnv>): void {
  const get = (path: string, operationId: string, summary: string, responses: object, more: object = {}) =>
    registry.registerPath({
      method: "get",
      path,
      operationId,
      summary,
      tags: ["status"],
      parameters,
      responses: { ...responses, ...connectionErrors },
      ...more,
    });
  get("/health", "health", "Is the process alive?", { 200: json(HealthAnswer, "It is") });
  get("/ready", "ready", "Is a model loaded and warmed?", {
    200: json(ReadyAnswer, "It is"),
    503: json(NotReadyAnswer, "Not yet, or the server is stopping", retryAfter),
  });
  get("/metrics", "metrics", "Counters and latencies for Prometheus", {
    200: answer("Prometheus' text format", { "text/plain": text }),
  });

  const pages = { tags: ["pages"] };
  const kept = { description: "The content is what the client has", headers: etag };
  const html = (what: string) => ({ 200: answer(what, { "text/html": text }, etag), 304: kept });
  get("/", "page", "The predict page", html("HTML"), pages);
  get("/docs", "docs", "This description as a page", html("HTML"), pages);
  get(
    "/openapi.json",
    "openapi",
    "This description",
    {
      200: answer("OpenAPI 3.0", { "application/json": { type: "object" } }, etag),
      304: kept,
    },
    pages,
  );
  const file = { name: "file", in: "path", required: true, schema: text, example: "icon.svg" };
  const version = {
    name: "v",
    in: "query",
    description: "The content's hash, as the page names it",
    schema: text,
  };
  const files = { tags: ["pages"], parameters: [...parameters, file, version] };
  const types = Object.fromEntries(
    ["text/css", "text/javascript", "image/svg+xml"].map((type) => [type, text]),
  );
  const found = {
    200: answer("The file", types, etag),
    304: kept,
    404: error("`usage.not_found`: no such file"),
  };
  get("/page/{file}", "pageFile", "What the predict page loads", found, files);
  get("/docs/{file}", "docsFile", "What the description's page loads", found, files);
}
