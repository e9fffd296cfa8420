import { expect, test } from "vitest";
import { isHealthy, loadedModel, predictionOf } from "./serving-answer";

const read =
  (body: unknown, status = 200) =>
  () =>
    predictionOf({ status, body }, "the server", "See its log.");

test("a prediction is read, and a refusal thrown as it is", () => {
  const answer = {
    model_version: 3,
    model_role: "champion",
    width: 40,
    height: 58,
    area_px: 812,
    confidence: 0.9,
    timings_ms: { total: 41.5 },
    mask: "…",
  };
  expect(read(answer)()).toEqual({
    modelVersion: 3,
    role: "champion",
    areaPx: 812,
    areaRatio: 0.35,
    confidence: 0.9,
    latencyMs: 41.5,
  });
  const error = { code: "photo.unsupported", message: "It is a text", hint: "Send a JPEG." };
  expect(read({ error }, 415)).toThrow(expect.objectContaining(error));
});

test.each([
  ["no JSON", undefined],
  ["a code that nobody knows", { error: { code: "internal", message: "m", hint: "h" } }],
  ["half a prediction", { model_version: 3 }],
])("%s is no prediction", (_, body) => {
  const unreachable = { code: "serving.unreachable", message: "the server answered 500, but no prediction" };
  expect(read(body, 500)).toThrow(expect.objectContaining({ ...unreachable, hint: "See its log." }));
});

test("health and the loaded model are told only by answers that say so", () => {
  expect([isHealthy({ status: "ok" }), isHealthy({}), isHealthy(undefined)]).toEqual([true, false, false]);
  const ready = { ready: true, model: 4, champion: 4, canary: null, weight: 0, problem: null };
  expect(loadedModel(ready)).toBe(4);
  expect([loadedModel({ ready: false, model: 4 }), loadedModel(undefined)]).toEqual([undefined, undefined]);
});
