import { Hono } from "hono";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onHttp } from "./on-http";

const MB = 2 ** 20;
const app = new Hono()
  .get("/text/:bytes", (c) => c.text("x".repeat(Number(c.req.param("bytes")))))
  .get("/quotes/:bytes", (c) => c.text('"'.repeat(Number(c.req.param("bytes")))))
  .get("/bytes/:bytes", (c) =>
    c.body(new Uint8Array(Number(c.req.param("bytes"))), {
      headers: { "Content-Type": "application/octet-stream" },
    }),
  )
  .get("/v2/models/:bytes/infer", (c) =>
    c.text("x".repeat(Number(c.req.param("bytes"))), { headers: { "X-Request-Id": "a" } }),
  );
const handler = onHttp(async () => app);

const get = (rawPath: string) =>
  handler({
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: "",
    headers: { host: "sluice.example" },
    body: null,
    isBase64Encoded: false,
    requestContext: { domainName: "sluice.example", http: { method: "GET", path: rawPath } },
  } as never);

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined)); // the metrics
afterEach(() => vi.restoreAllMocks());

test.each([
  ["/text/", 100],
  ["/text/", 6 * MB - 2_000],
  ["/bytes/", 4 * MB],
])("what Lambda sends is answered: %s%i", async (path, size) => {
  const { statusCode, body, isBase64Encoded } = await get(`${path}${size}`);
  expect(statusCode).toBe(200);
  expect(Buffer.from(body, isBase64Encoded ? "base64" : "utf8")).toHaveLength(size);
});

test.each([
  ["/text/", 6 * MB],
  ["/quotes/", 4 * MB], // which JSON escapes
  ["/bytes/", 5 * MB], // which is sent in base64
])("what it does not send is a 413 that says so: %s%i", async (path, size) => {
  const { statusCode, body, headers, isBase64Encoded } = await get(`${path}${size}`);
  expect([statusCode, isBase64Encoded]).toEqual([413, false]);
  expect(JSON.parse(body)).toEqual({
    error: {
      code: "serving.body_too_large",
      message: expect.stringMatching(/^The answer has \d\.\d MB, and Lambda sends at most 6$/),
      hint: expect.stringContaining("Ask for less"),
    },
  });
  expect(headers).toMatchObject({ "content-type": "application/json" });
  expect(headers).not.toHaveProperty("content-length");
});

test("in the form of the Open Inference Protocol, under its paths; other headers stay", async () => {
  const { statusCode, body, headers } = await get(`/v2/models/${7 * MB}/infer`);
  expect(statusCode).toBe(413);
  expect(JSON.parse(body)).toEqual({ error: expect.stringMatching(/^The answer has 7\.3 MB/) });
  expect(headers).toMatchObject({ "x-request-id": "a" });
});
