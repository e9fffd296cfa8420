import { sha256 } from "@sluice/core/digest";
import { SluiceError } from "@sluice/core/errors";
import * as Registry from "@sluice/core/registry/index";
import * as Release from "@sluice/core/release/index";
import * as Run from "@sluice/core/run/index";
import type { memoryWorld } from "@sluice/core/testing/index";
import { Recipe } from "@sluice/core/training/recipe";
import { expect, test } from "vitest";
import { openApp } from "./testing";

type World = ReturnType<typeof memoryWorld>;

/** Registers a model with a bundle of one file, and promotes it. */
async function crown(world: World, runId: string): Promise<void> {
  const onnx = `onnx of ${runId}`;
  const json = JSON.stringify({
    format: 3,
    task: "segmentation",
    preprocessing: { upright: true, fit: "fill" },
    threshold: 0.5,
    stages: [
      {
        role: "segmenter",
        file: "model.onnx",
        sha256: sha256(onnx),
        bytes: onnx.length,
        width: 64,
        height: 64,
      },
    ],
    datasetVersion: "0".repeat(64),
    runId,
    codeCommit: "test",
    recipe: Recipe.parse({}),
    trainedAt: "2026-01-01T00:00:00Z",
  });
  const model = await Registry.register(
    {
      runId,
      datasetVersion: "0".repeat(64),
      codeCommit: "test",
      bundleDigest: sha256(json),
      dice: 0.9,
      iou: 0.8,
    },
    world,
  );
  await world.blobs.put(`models/${model.number}/model.json`, json);
  await world.blobs.put(`models/${model.number}/model.onnx`, onnx);
  const { champion } = await Registry.read(world);
  await Registry.promote({ number: model.number, judgedAgainst: champion, reason: "better" }, world);
}

test("runs are listed, shown, stopped and resumed", async () => {
  const { world, call } = openApp();
  await Run.create({ id: "b1-1", batch: "b1" }, world);
  world.clock.advance(1);
  await Run.create({ id: "b2-1", batch: "b2" }, world);
  expect((await call("GET", "/runs")).body).toMatchObject([{ id: "b1-1" }, { id: "b2-1" }]);
  expect((await call("GET", "/runs?limit=1")).body).toMatchObject([{ id: "b2-1", batch: "b2" }]);
  expect((await call("GET", "/runs?limit=0")).status).toBe(400);

  expect(await call("GET", "/runs/b1-1")).toMatchObject({
    status: 200,
    body: {
      run: { id: "b1-1", outcome: null },
      history: [{ type: "ExecutionStarted" }],
      progress: null,
      report: null,
    },
  });
  expect(await call("POST", "/runs/b1-1/stop")).toEqual({ status: 200, body: { runId: "b1-1" } });
  expect((await Run.get("b1-1", world)).outcome).toBe("stopped");
  expect((await call("POST", "/runs/b1-1/resume")).status).toBe(202);
  expect((await Run.get("b1-1", world)).outcome).toBeNull();
  expect((await call("GET", "/runs/none-1")).status).toBe(404);
});

test("an earlier champion is put back, and serves", async () => {
  const { world, call } = openApp({
    serving: { ensure: async () => ({ url: "https://predict.example" }) },
  });
  await crown(world, "b1-1");
  await crown(world, "b2-1");
  expect((await call("GET", "/models/1")).body).toMatchObject({ number: 1, isChampion: false });
  expect(await call("POST", "/models/1/rollback", { reason: "too slow" })).toEqual({
    status: 200,
    body: { champion: 1, previous: 2, canary: null },
  });
  expect((await call("GET", "/releases")).body).toMatchObject({
    releases: [{ champion: 1, reason: "too slow", by: "somebody" }],
  });
  expect((await call("GET", "/models")).body).toMatchObject({ champion: 1 });
  expect((await call("GET", "/models/1")).body).toMatchObject({
    isChampion: true,
    changes: [{ reason: "better" }, { reason: "too slow", previous: 2 }],
  });
  expect((await call("GET", "/serving")).body).toMatchObject({
    url: "https://predict.example",
    release: { champion: 1, reason: "too slow" },
  });
});

test("without a number the last release is taken back: first the canary, then the champion", async () => {
  const { world, call } = openApp();
  await crown(world, "b1-1");
  await crown(world, "b2-1");
  await Release.full({ model: 2, reason: "better" }, world);
  await Release.canary({ model: 3, champion: 2, weight: 0.1, reason: "watched" }, world);
  const rollback = () => call("POST", "/models/rollback");
  expect((await rollback()).body).toEqual({ champion: 2, previous: 2, canary: 3 });
  expect(await Release.current(world)).toMatchObject({ champion: 2, canary: null });
  expect((await rollback()).body).toEqual({ champion: 1, previous: 2, canary: null });
  expect(await Release.current(world)).toMatchObject({ champion: 1 });
});

test("with no earlier champion there is nothing to go back to", async () => {
  const { world, call } = openApp();
  expect(await call("POST", "/models/rollback")).toMatchObject({ status: 409 });
  await crown(world, "b1-1");
  const answer = await call("POST", "/models/rollback");
  expect(answer.body).toMatchObject({ error: { code: "model.never_promoted" } });
});

test("a damaged model is not put back", async () => {
  const { world, call } = openApp();
  await crown(world, "b1-1");
  await crown(world, "b2-1");
  await world.blobs.put("models/1/model.onnx", "damaged");
  const answer = await call("POST", "/models/1/rollback");
  expect(answer).toMatchObject({ status: 500, body: { error: { code: "model.corrupt" } } });
  expect((await Registry.read(world)).champion).toBe(2);
});

test.each([
  ["GET", "/nowhere", undefined, 404, "usage.not_found"],
  ["GET", "/dataset/beef", undefined, 404, "dataset.not_found"],
  ["GET", "/models/7", undefined, 404, "model.not_found"],
  ["POST", "/models/1/rollback", {}, 404, "model.not_found"],
  ["POST", "/models/x/rollback", {}, 400, "usage.invalid"],
  ["POST", "/batches/b1/runs", { masks: "guess" }, 400, "usage.invalid"],
  ["POST", "/batches/B%2F1/runs", {}, 400, "usage.invalid"],
])("%s %s is answered with the status of its code", async (method, path, body, status, code) => {
  const answer = await openApp().call(method, path, body);
  expect(answer).toMatchObject({ status, body: { error: { code } } });
});

test("a body that is no JSON is refused", async () => {
  const headers = { "content-type": "application/json" };
  const answer = await openApp().app.request("/batches", { method: "POST", body: "{", headers });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: "usage.invalid" } });
});

test("a request has a limit", async () => {
  const { call } = openApp({ limits: { bodyBytes: 100 } });
  const answer = await call("POST", "/batches", { batch: "b".repeat(100) });
  expect(answer).toMatchObject({ status: 413, body: { error: { code: "serving.body_too_large" } } });
});

test("a browser that asks first gets an answer that allows nothing by itself", async () => {
  const { app, logged } = openApp();
  const answer = await app.request("/models/1/rollback", { method: "OPTIONS" });
  expect([answer.status, [...answer.headers.keys()].filter((name) => name.startsWith("access-"))]).toEqual([
    204,
    [],
  ]);
  expect(logged).toEqual([]);
});

test("whoever writes is in the log, as the authorizer knows them; readers are not", async () => {
  const { call, logged, world } = openApp();
  await Run.create({ id: "b1-1", batch: "b1" }, world);
  const claims = { sub: "0123", email: "ann@example.org" };
  const env = { event: { requestContext: { authorizer: { jwt: { claims } } } } };
  await call("GET", "/runs", undefined, env);
  await call("POST", "/runs/b1-1/stop", undefined, env);
  await call("POST", "/models/9/rollback");
  const signed = {
    event: { requestContext: { authorizer: { iam: { userArn: "arn:aws:iam::1:user/bo" } } } },
  };
  await call("POST", "/models/9/rollback", undefined, signed);
  expect(logged).toMatchObject([
    { caller: "ann@example.org", method: "POST", path: "/runs/b1-1/stop", status: 200 },
    { caller: null, method: "POST", path: "/models/9/rollback", status: 404 },
    { caller: "arn:aws:iam::1:user/bo" },
  ]);
});

test("what was not foreseen is logged whole, and told without a stack", async () => {
  const broken = async () => {
    throw new Error("secret detail");
  };
  const { call, logged, world } = openApp({
    runs: { start: broken, stop: broken, resume: broken, history: broken },
  });
  await Run.create({ id: "b1-1", batch: "b1" }, world);
  const answer = await call("GET", "/runs/b1-1");
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain("secret");
  expect(logged).toMatchObject([{ level: "error", message: expect.stringContaining("secret detail") }]);
});

test("a throttled world says when to come back", async () => {
  const throttled = async () => {
    throw new SluiceError("world.throttled", "DynamoDB throttles", "Wait.");
  };
  const { app } = openApp({
    runs: { start: throttled, stop: throttled, resume: throttled, history: throttled },
  });
  const answer = await app.request("/batches/b1/runs", { method: "POST" });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
});

test("the API describes every route that it has, as OpenAPI knows it", async () => {
  const { call } = openApp();
  const { paths } = (await call("GET", "/openapi.json")).body as unknown as {
    paths: Record<string, Record<string, { responses: object; parameters: object[]; requestBody?: object }>>;
  };
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described).toEqual((await call("GET", "/")).body.routes);
  expect(described).toContain("POST /batches/{batch}/complete");
  expect((await call("GET", "/control/openapi.json")).body.paths).toEqual(paths);
  expect(paths["/runs"]?.get).toMatchObject({
    operationId: "getRuns",
    parameters: [{ name: "limit", in: "query", required: false, schema: { default: 200 } }],
  });
  expect(paths["/models/{number}/rollback"]?.post).toMatchObject({
    operationId: "postModelsNumberRollback",
    parameters: [{ name: "number", in: "path", required: true }],
    requestBody: {
      content: { "application/json": { schema: { properties: { reason: { maxLength: 500 } } } } },
    },
    responses: { 200: {}, default: {} },
  });
});
