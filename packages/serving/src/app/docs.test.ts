import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import type { Predictor } from "../predictor";
import { appWith, toyPredictor } from "../testing";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

const Operation = z.object({
  operationId: z.string(),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: z.unknown().optional() })),
});
const Document = z.object({
  openapi: z.literal("3.0.3"),
  paths: z.record(z.string(), z.partialRecord(z.enum(["get", "post"]), Operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

const documentOf = async () =>
  Document.parse(await (await appWith(predictor).request("/openapi.json")).json());

test("the document names every route with all its answers", async () => {
  const { paths } = await documentOf();
  const statuses = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      `${method} ${path}`,
      Object.keys(operation?.responses ?? {}).join(" "),
    ]),
  );
  expect(Object.fromEntries(statuses)).toEqual({
    "post /predict": "200 400 404 408 413 415 422 429 431 500 503",
    "post /batch-predict": "200 400 404 408 413 415 422 429 431 500 503",
    "get /health": "200 400 431",
    "get /ready": "200 400 431 503",
    "get /metrics": "200 400 431",
    "get /": "200 304 400 431",
    "get /docs": "200 304 400 431",
    "get /openapi.json": "200 304 400 431",
    "get /page/{file}": "200 304 400 404 431",
    "get /docs/{file}": "200 304 400 404 431",
    "get /v2": "200 400 431 500",
    "get /v2/health/live": "200 400 431 500",
    "get /v2/health/ready": "200 400 431 500 503",
    "get /v2/models": "200 400 431 500",
    "get /v2/models/{name}": "200 400 404 431 500",
    "get /v2/models/{name}/ready": "200 400 404 431 500 503",
    "post /v2/models/{name}/infer": "200 400 404 408 413 415 422 429 431 500 503",
    "get /v2/models/{name}/versions/{version}": "200 400 404 431 500",
    "get /v2/models/{name}/versions/{version}/ready": "200 400 404 431 500 503",
    "post /v2/models/{name}/versions/{version}/infer": "200 400 404 408 413 415 422 429 431 500 503",
  });
});

test("it describes the bodies that are read", async () => {
  const { paths } = await documentOf();
  expect(paths["/predict"].post?.requestBody?.content).toMatchObject({
    "multipart/form-data": {
      schema: {
        type: "object",
        required: ["image"],
        properties: { image: { type: "string", format: "binary" } },
      },
    },
    "image/*": { schema: { type: "string", format: "binary" } },
    "application/octet-stream": { schema: { type: "string", format: "binary" } },
  });
  expect(paths["/batch-predict"].post?.requestBody?.content["multipart/form-data"].schema).toMatchObject({
    properties: { images: { type: "array", maxItems: 256 } },
  });
});

test("every reference in it leads somewhere, and operation ids are unique", async () => {
  const document = await documentOf();
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(references.length).toBeGreaterThan(10);
  for (const name of references) expect(document.components.schemas).toHaveProperty(name);
  const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

test.each([
  ["/docs", "text/html; charset=utf-8", "SwaggerUIBundle|docs/start.js"],
  ["/docs/start.js", "text/javascript; charset=utf-8", "openapi.json"],
  ["/docs/swagger-ui.css", "text/css; charset=utf-8", "swagger-ui"],
  ["/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8", "SwaggerUI"],
  ["/", "text/html; charset=utf-8", 'data-max-bytes="15000000"'],
  ["/page/page.js", "text/javascript; charset=utf-8", "watchModel"],
  ["/page/server.js", "text/javascript; charset=utf-8", "Refusal"],
  ["/page/picture.js", "text/javascript; charset=utf-8", "drawCrop"],
  ["/page/style.css", "text/css; charset=utf-8", "--water"],
  ["/page/photos.css", "text/css; charset=utf-8", "outlines"],
  ["/page/icon.svg", "image/svg+xml", "<svg"],
])("%s is served, kept by clients, and loads nothing from elsewhere", async (path, type, content) => {
  const app = appWith(predictor);
  const response = await app.request(path);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe(type);
  const text = await response.text();
  expect(text).toMatch(new RegExp(content));
  if (!path.includes("swagger")) expect(text).not.toMatch(/(src|href|url)\s*[=(:]\s*["']?https?:/);

  const etag = response.headers.get("etag") ?? "";
  const again = await app.request(path, { headers: { "If-None-Match": etag } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
});

test.each([
  "/docs/../package.json",
  "/docs/%2e%2e%2fpackage.json",
  "/docs/..%5c..%5cpackage.json",
  "/docs/%2e%2e/%2e%2e/package.json",
  "/docs/absolute-path.js",
  "/docs/index",
  "/page/index.ts",
  "/page/browser.test.ts",
  "/page/%2fetc%2fpasswd",
  "/page/__proto__",
  "/page/constructor",
  "/page//style.css",
])("%s leads out of the list and gets 404", async (path) => {
  const response = await appWith(predictor).request(path);
  expect(response.status).toBe(404);
});

test("every answer tells the browser to load nothing from elsewhere", async () => {
  const { headers } = await appWith(predictor).request("/");
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("x-frame-options")).toBe("DENY");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
});
