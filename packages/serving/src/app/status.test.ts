import { memoryWorld } from "@sluice/core/testing/index";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Predictor } from "../predictor";
import { appWith, failureOf, form, greyPhoto, raw, toyPredictor } from "../testing";
import type { LoadedModel } from "./deps";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

const PROBLEM = { model: 4, code: "model.corrupt", message: "model.onnx is cut", hint: "Fetch it again." };

test("/health tells that the process lives, whatever the model does", async () => {
  const { clock } = memoryWorld();
  const app = appWith(predictor, { clock, model: () => undefined });
  clock.advance(61_500);
  const response = await app.request("/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok", version: "0.1.0", uptime_seconds: 61.5 });
});

test("/ready follows the model", async () => {
  let model: LoadedModel | undefined;
  const app = appWith(predictor, { model: () => model });

  const before = await app.request("/ready");
  expect(before.status).toBe(503);
  expect(before.headers.get("retry-after")).toBe("2");
  expect(await before.json()).toEqual({ ready: false, reason: "No model is loaded yet", problem: null });

  model = { number: 5, predictor };
  const after = await app.request("/ready");
  expect(after.status).toBe(200);
  expect(await after.json()).toEqual({
    ready: true,
    model: 5,
    champion: 5,
    canary: null,
    weight: 0,
    problem: null,
  });
});

test("/ready names the canary and its weight", async () => {
  const models = () => ({
    champion: { number: 5, predictor },
    canary: { number: 6, predictor },
    weight: 0.1,
  });
  const response = await appWith(predictor, { models }).request("/ready");
  expect(await response.json()).toMatchObject({ model: 5, champion: 5, canary: 6, weight: 0.1 });
});

test("/ready reports a newer model's problem while the old one serves", async () => {
  const app = appWith(predictor, { state: () => ({ reason: PROBLEM.message, problem: PROBLEM }) });
  expect(await (await app.request("/ready")).json()).toMatchObject({
    ready: true,
    model: 3,
    problem: PROBLEM,
  });
});

test("/metrics move with what happens", async () => {
  const app = appWith(predictor);
  const photo = await greyPhoto();
  await app.request("/predict", raw(photo, "image/png"));
  await app.request("/predict", raw(photo, "image/png"));
  await app.request("/predict", raw("text"));
  await app.request("/batch-predict", form(["images", "a.png", photo], ["images", "b.txt", "text"]));
  await app.request("/no/such/page");
  await app.request("/docs/../../package.json");

  const response = await app.request("/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await response.text()).split("\n");
  expect(lines).toContain('sluice_predictions_total{version="3",role="champion"} 3');
  expect(lines).toContain('sluice_predict_latency_seconds_count{version="3",role="champion"} 3');
  expect(lines).toContain(
    'sluice_predict_errors_total{code="photo.unsupported",fault="client",version="3",role="champion"} 2',
  );
  expect(lines).toContain('sluice_mask_area_ratio_bucket{le="0.001",version="3",role="champion"} 3');
  expect(lines).toContain("sluice_batch_size_sum 5");
  expect(lines).toContain('sluice_errors_total{route="/predict",code="photo.unsupported"} 1');
  expect(lines).toContain('sluice_errors_total{route="/batch-predict",code="photo.unsupported"} 1');
  expect(lines).toContain('sluice_errors_total{route="other",code="usage.not_found"} 2');
  expect(lines).toContain(
    'sluice_request_duration_seconds_count{route="/predict",method="POST",status="200"} 2',
  );
  expect(lines).toContain(
    'sluice_request_duration_seconds_count{route="/predict",method="POST",status="415"} 1',
  );
  expect(lines).toContain('sluice_prediction_stage_seconds_count{stage="inference"} 3');
  expect(lines).toContain(`sluice_model_info{version="3",role="champion",digest="${predictor.digest}"} 1`);
  expect(lines).toContain("sluice_model_loaded 1");
  expect(lines).toContain("sluice_requests_in_flight 0");
  expect(lines).toContain("sluice_queue_depth 0");
});

test("/metrics names only the model that serves now", async () => {
  let model: LoadedModel | undefined = { number: 1, predictor };
  const registry = new Registry();
  appWith(predictor, { registry, model: () => model });
  expect(await registry.getSingleMetricAsString("sluice_model_info")).toContain('version="1"');

  model = { number: 2, predictor };
  const swapped = await registry.getSingleMetricAsString("sluice_model_info");
  expect(swapped).toContain('version="2"');
  expect(swapped).not.toContain('version="1"');

  model = undefined;
  expect(await registry.getSingleMetricAsString("sluice_model_loaded")).toContain("sluice_model_loaded 0");
});

test("labels stay few, whatever is asked for", async () => {
  const app = appWith(predictor);
  for (let i = 0; i < 50; i++) {
    await app.request(`/secret-${i}`);
    await app.request(`/page/file-${i}`, { method: `ODD${i}` });
  }
  const text = await (await app.request("/metrics")).text();
  const counts = text.split("\n").filter((line) => line.startsWith("sluice_request_duration_seconds_count"));
  expect(counts).toEqual([
    'sluice_request_duration_seconds_count{route="other",method="GET",status="404"} 50',
    'sluice_request_duration_seconds_count{route="/page/*",method="other",status="405"} 50',
  ]);
});

test("other methods get 405 and are told which are answered", async () => {
  const app = appWith(predictor);
  const get = await app.request("/predict");
  expect(get.headers.get("allow")).toBe("POST, OPTIONS");
  expect(await failureOf(get)).toEqual({
    status: 405,
    code: "usage.wrong_method",
    message: "GET is not answered here",
    hint: "What is: POST, OPTIONS.",
  });
  const options = await app.request("/ready", { method: "OPTIONS" });
  expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  const head = await app.request("/health", { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("an address that leads nowhere gets 404 as JSON, and every answer has a request id", async () => {
  const response = await appWith(predictor).request("/nothing", { headers: { "X-Request-Id": "<script>" } });
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(await failureOf(response)).toMatchObject({ status: 404, code: "usage.not_found" });
});
