import { afterAll, beforeAll, expect, test } from "vitest";
import type { Predictor } from "../predictor";
import { appWith, failureOf, form, predictingAfter, raw, redWindow, toyPredictor } from "../testing";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

/** Sends 100 bytes at a time and says how many were taken. */
function dripping(times: number) {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === times) return controller.close();
      sent++;
      controller.enqueue(new Uint8Array(100));
    },
  });
  const init = { method: "POST", body, duplex: "half", headers: { "Content-Type": "image/jpeg" } };
  return { init: init as RequestInit, sent: () => sent };
}

/** It answers nothing until it is told to finish. */
function held() {
  let finish = () => {};
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { predictor: predictingAfter(predictor, () => gate), finish: () => finish() };
}

test("a body that says it is too large is refused unread", async () => {
  const drip = dripping(10);
  const headers = { "Content-Type": "image/jpeg", "Content-Length": "1001" };
  const app = appWith(predictor, { limits: { bodyBytes: 1_000 } });
  const response = await app.request("/predict", { ...drip.init, headers });
  expect(await failureOf(response)).toMatchObject({ status: 413, code: "serving.body_too_large" });
  expect(drip.sent()).toBeLessThanOrEqual(1);
});

test("a body that does not say its size is counted as it comes", async () => {
  const app = appWith(predictor, { limits: { bodyBytes: 1_000 } });
  const drip = dripping(1_000_000);
  const response = await app.request("/predict", drip.init);
  expect(await failureOf(response)).toEqual({
    status: 413,
    code: "serving.body_too_large",
    message: "The request has more than 0.001 MB, which is the limit",
    hint: "Send a smaller photo, or fewer at once.",
  });
  expect(drip.sent()).toBeLessThan(15);
});

test("the limit holds for the photo in a form, and 15 MB is the default", async () => {
  const photo = new Uint8Array(15_000_001);
  photo.set([0xff, 0xd8, 0xff]);
  const response = await appWith(predictor).request("/predict", form(["image", "big.jpg", photo]));
  expect(await failureOf(response)).toMatchObject({
    status: 413,
    message: "big.jpg has more than 15 MB, which is the limit",
  });
});

test("the request over the limit gets 429, and the slot is free again afterwards", async () => {
  const { predictor: slow, finish } = held();
  const app = appWith(slow, { limits: { inFlight: 2 } });
  const photo = raw(await redWindow());
  const first = [app.request("/predict", photo), app.request("/predict", photo)];

  const third = await app.request("/predict", photo);
  expect(third.headers.get("retry-after")).toBe("1");
  expect(await failureOf(third)).toEqual({
    status: 429,
    code: "serving.busy",
    message: "2 requests are being answered already, which is the limit",
    hint: "Try again in a second.",
  });

  finish();
  for (const response of await Promise.all(first)) expect(response.status).toBe(200);
  expect((await app.request("/predict", photo)).status).toBe(200);
});

test("a request that waited is answered by the model that serves when its turn comes", async () => {
  const { predictor: old, finish } = held();
  let model = { number: 3, predictor: old };
  const app = appWith(predictor, { model: () => model, limits: { atOnce: 1 } });
  const photo = raw(await redWindow());
  const [first, second] = [app.request("/predict", photo), app.request("/predict", photo)];
  await expect.poll(async () => (await app.request("/metrics")).text()).toContain("sluice_queue_depth 1");

  const closed = () => Promise.reject(new Error("Model 3 is not loaded"));
  model.predictor = predictingAfter(old, closed);
  model = { number: 4, predictor };
  finish();
  const answers = await Promise.all([first, second].map(async (response) => (await response).json()));
  expect(answers).toMatchObject([{ model_version: 3 }, { model_version: 4 }]);
});

test("a request that fails gives its slot back", async () => {
  const app = appWith(predictor, { limits: { inFlight: 1 } });
  for (let i = 0; i < 3; i++) expect((await app.request("/predict", raw("text"))).status).toBe(415);
  expect((await app.request("/predict", raw(await redWindow()))).status).toBe(200);
});

test("without a model nothing is predicted: 503 with its reason", async () => {
  const app = appWith(predictor, {
    model: () => undefined,
    state: () => ({ reason: "Model 4 is being loaded", problem: null }),
  });
  const response = await app.request("/predict", raw(await redWindow()));
  expect(response.headers.get("retry-after")).toBe("2");
  expect(await failureOf(response)).toMatchObject({
    status: 503,
    code: "model.not_ready",
    message: "Model 4 is being loaded",
  });
});

test("what nobody foresaw gets 500 with an id that the log has, and no stack", async () => {
  const lines: string[] = [];
  const broken = predictingAfter(predictor, () => Promise.reject(new Error("secret path /srv/x")));
  const app = appWith(broken, { log: (line) => lines.push(line) });
  const request = raw(await redWindow());
  const response = await app.request("/predict", {
    ...request,
    headers: { ...request.headers, "X-Request-Id": "abc-123" },
  });

  expect(response.headers.get("x-request-id")).toBe("abc-123");
  expect(await failureOf(response)).toEqual({
    status: 500,
    code: "internal",
    message: "Something unexpected went wrong",
    hint: "Try again; if it stays, look for abc-123 in the server's log.",
    id: "abc-123",
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("abc-123 POST /predict: Error: secret path /srv/x");
});
