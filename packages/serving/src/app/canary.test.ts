import { memoryWorld } from "@sluice/core/testing/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Predictor } from "../predictor";
import { failureOf, greyPhoto, predictingAfter, raw, toyPredictor } from "../testing";
import { createApp } from ".";
import { PredictionAnswer } from "./schemas";

let predictor: Predictor;
let photo: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  predictor = await toyPredictor();
  photo = await greyPhoto();
});
afterAll(() => predictor.close());

const failing = () => predictingAfter(predictor, () => Promise.reject(new Error("the network answers NaN")));

function appOf({ canary = predictor, weight = 1, log = [] as string[] }) {
  const models = () => ({
    champion: { number: 1, predictor },
    canary: { number: 2, predictor: canary },
    weight,
  });
  return createApp({
    model: () => models().champion,
    models,
    clock: memoryWorld().clock,
    log: (line) => void log.push(line),
  });
}
const ask = async (app: ReturnType<typeof appOf>, headers: Record<string, string> = {}) => {
  const request = raw(photo, "image/png");
  return app.request("/predict", { ...request, headers: { ...request.headers, ...headers } });
};
const lines = async (app: ReturnType<typeof appOf>, name: string) =>
  (await (await app.request("/metrics")).text()).split("\n").filter((line) => line.startsWith(name));

test("a canary that fails costs its clients nothing: the champion answers, the failure is the canary's", async () => {
  const log: string[] = [];
  const app = appOf({ canary: failing(), log });
  const answer = PredictionAnswer.parse(await (await ask(app)).json());
  expect(answer).toMatchObject({ model_version: 1, model_role: "champion" });
  expect(await lines(app, "sluice_predict_errors_total")).toEqual([
    'sluice_predict_errors_total{code="internal",fault="server",version="2",role="canary"} 1',
  ]);
  expect(await lines(app, "sluice_predictions_total")).toEqual([
    'sluice_predictions_total{version="1",role="champion"} 1',
  ]);
  expect(log).toEqual([expect.stringContaining("The canary, model 2, failed (internal)")]);
});

test("what is the client's fault is answered as such, by either", async () => {
  const app = appOf({});
  const response = await app.request("/predict", raw("text"));
  expect(await failureOf(response)).toMatchObject({ status: 415, code: "photo.unsupported" });
  expect(await lines(app, "sluice_predict_errors_total")).toEqual([
    'sluice_predict_errors_total{code="photo.unsupported",fault="client",version="2",role="canary"} 1',
  ]);
});

test("a request that names its role gets it, sees its failures, and counts apart", async () => {
  const app = appOf({ canary: failing(), weight: 0 });
  expect((await ask(app, { "Sluice-Role": "canary" })).status).toBe(500);
  const champion = PredictionAnswer.parse(await (await ask(app, { "Sluice-Role": "champion" })).json());
  expect(champion).toMatchObject({ model_version: 1, model_role: "champion" });
  expect(await lines(app, "sluice_predict_errors_total")).toEqual([]);
  expect(await lines(app, "sluice_predictions_total")).toEqual([]);
  expect(await lines(app, "sluice_replays_total")).toContain(
    'sluice_replays_total{version="1",role="champion"} 1',
  );
});

test("no other model answers for a canary that is not there", async () => {
  const app = createApp({ model: () => ({ number: 1, predictor }) });
  const response = await ask(app, { "Sluice-Role": "canary" });
  expect(await failureOf(response)).toMatchObject({ status: 404, code: "model.not_found" });
});
