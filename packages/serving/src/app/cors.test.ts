import { afterAll, beforeAll, expect, test } from "vitest";
import type { Predictor } from "../predictor";
import { appWith, greyPhoto, raw, toyPredictor } from "../testing";
import { parseOrigins } from "./cors";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

const ours = "https://app.example";
const from = (origin: string, more = {}) => ({ Origin: origin, ...more });
const preflight = {
  "Access-Control-Request-Method": "POST",
  "Access-Control-Request-Headers": "x-request-id",
};
const corsOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => /^(access-control|vary|allow$)/.test(name)));

test("an allowed origin may ask, and read what matters", async () => {
  const app = appWith(predictor, { origins: [ours] });
  const photo = raw(await greyPhoto(), "image/png");
  const response = await app.request("/predict", { ...photo, headers: { ...photo.headers, ...from(ours) } });
  expect(response.status).toBe(200);
  expect(response.headers.get("access-control-allow-origin")).toBe(ours);
  expect(response.headers.get("access-control-expose-headers")).toContain("X-Request-Id");
  expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  expect(response.headers.get("vary")).toBe("Accept, Origin");
  const refused = await app.request("/predict", { ...raw("text"), headers: from(ours) });
  expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([415, ours]);
});

test("a preflight is answered with what the address takes", async () => {
  const app = appWith(predictor, { origins: [ours] });
  const ask = (path: string, origin: string) =>
    app.request(path, { method: "OPTIONS", headers: from(origin, preflight) });
  const allowed = await ask("/predict", ours);
  expect(allowed.status).toBe(204);
  expect(corsOf(allowed)).toMatchObject({
    "access-control-allow-origin": ours,
    "access-control-allow-methods": "POST, OPTIONS",
    "access-control-allow-headers":
      "Content-Type, Accept, X-Request-Id, Sluice-Role, Inference-Header-Content-Length",
    "access-control-max-age": "7200",
    vary: "Origin",
  });
  expect(corsOf(await ask("/health", ours))["access-control-allow-methods"]).toBe("GET, HEAD, OPTIONS");
  expect(corsOf(await ask("/predict", "https://other.example"))).toEqual({
    allow: "POST, OPTIONS",
    vary: "Origin",
  });
  const lost = await ask("/nothing", ours);
  expect([lost.status, corsOf(lost)["access-control-allow-methods"]]).toEqual([404, undefined]);
});

test("by default no other origin may, and with * all may", async () => {
  const closed = await appWith(predictor).request("/ready", { headers: from(ours) });
  expect(corsOf(closed)).toEqual({});
  const open = await appWith(predictor, { origins: ["*"] }).request("/ready", { headers: from(ours) });
  expect(corsOf(open)).toMatchObject({ "access-control-allow-origin": "*" });
  expect(open.headers.get("vary")).toBeNull();
});

test("the setting takes origins only", () => {
  expect(parseOrigins()).toEqual([]);
  expect(parseOrigins(" https://a.example, http://localhost:5173,")).toEqual([
    "https://a.example",
    "http://localhost:5173",
  ]);
  expect(parseOrigins("*")).toEqual(["*"]);
  for (const wrong of [
    "a.example",
    "https://a.example/",
    "https://a.example/path",
    "null",
    "https://*.example",
  ])
    expect(() => parseOrigins(wrong)).toThrow(`${wrong} is no origin`);
});
