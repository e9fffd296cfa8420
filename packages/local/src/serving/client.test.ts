import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { isHealthy, loadedModel, loadedModels, metrics, predict } from "./client";

async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const json = (status: number, body: unknown) =>
  answering((_, response) => void response.writeHead(status).end(JSON.stringify(body)));
const photo = Buffer.from("photo");

test("a prediction is read from the answer", async () => {
  const seen: unknown[] = [];
  const url = await answering((request, response) => {
    seen.push(request.method, request.url, request.headers["sluice-role"]);
    request.on("data", (chunk) => seen.push(String(chunk)));
    request.on("end", () =>
      response.end(
        JSON.stringify({
          model_version: 3,
          model_role: "canary",
          width: 40,
          height: 58,
          area_px: 812,
          confidence: 0.9,
          timings_ms: { total: 41.5 },
          mask: "…",
        }),
      ),
    );
  });
  expect(await predict(url, photo, { role: "canary" })).toEqual({
    modelVersion: 3,
    role: "canary",
    areaPx: 812,
    areaRatio: 0.35,
    confidence: 0.9,
    latencyMs: 41.5,
  });
  expect(seen).toEqual(["POST", "/predict", "canary", "photo"]);
});

test("a refusal is passed on as it is", async () => {
  const url = await json(429, {
    error: { code: "serving.busy", message: "16 are waiting", hint: "Try again." },
  });
  await expect(predict(url, photo)).rejects.toMatchObject({
    code: "serving.busy",
    message: "16 are waiting",
    hint: "Try again.",
  });
});

test("whatever else answers is named", async () => {
  const page = await answering((_, response) => void response.end("<h1>It works!</h1>"));
  await expect(predict(page, photo)).rejects.toMatchObject({ code: "serving.unreachable" });
  expect(await isHealthy(page)).toBe(false);
  expect(await loadedModel(page)).toBeUndefined();
});

test("nobody there", async () => {
  const url = "http://127.0.0.1:1";
  await expect(predict(url, photo)).rejects.toMatchObject({ code: "serving.unreachable" });
  expect(await isHealthy(url)).toBe(false);
  expect(await loadedModel(url)).toBeUndefined();
});

const READY = { ready: true, model: 4, champion: 4, canary: 5, weight: 0.1, problem: null };

test("champion, canary and why one is not there are read from the answer", async () => {
  expect(await loadedModels(await json(200, READY))).toMatchObject({ champion: 4, canary: 5, weight: 0.1 });
  const problem = { code: "model.corrupt", message: "model.onnx is cut" };
  const answer = await json(200, { ...READY, canary: null, problem });
  expect(await loadedModels(answer)).toMatchObject({ canary: null, problem: "model.onnx is cut" });
});

test("metrics are passed on as text; what answers otherwise has none", async () => {
  expect(await metrics(await answering((_, response) => void response.end("up 1\n")))).toBe("up 1\n");
  await expect(metrics(await json(503, {}))).rejects.toMatchObject({ code: "serving.unreachable" });
  await expect(metrics("http://127.0.0.1:1")).rejects.toMatchObject({ code: "serving.unreachable" });
});

test("no model is loaded until the answer says which", async () => {
  expect(await loadedModel(await json(200, READY))).toBe(4);
  expect(await loadedModel(await json(503, { ready: false, reason: "There is no release" }))).toBeUndefined();
});
