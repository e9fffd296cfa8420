import { afterAll, beforeAll, expect, test } from "vitest";
import type { Predictor } from "../predictor";
import { appWith, failureOf, form, greyPhoto, raw, redWindow, toyPredictor } from "../testing";
import { BatchAnswer } from "./schemas";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

test("each photo gets its answer or its error, in order", async () => {
  const request = form(
    ["images", "a.jpg", await redWindow()],
    ["image", "folder/notes.txt", "just text"],
    ["images", "b.png", await greyPhoto()],
  );
  const response = await appWith(predictor).request("/batch-predict", request);

  expect(response.status).toBe(200);
  const answer = BatchAnswer.parse(await response.json());
  expect(answer.model_version).toBe(3);
  expect(answer.results.map(({ name }) => name)).toEqual(["a.jpg", "notes.txt", "b.png"]);
  expect(answer.results[0]).toMatchObject({ width: 480, height: 640, box: { width: expect.any(Number) } });
  expect(answer.results[1]).toEqual({
    name: "notes.txt",
    error: {
      code: "photo.unsupported",
      message: "notes.txt is text",
      hint: "Save it as JPEG, PNG or WebP; its name does not matter.",
    },
  });
  expect(answer.results[2]).toMatchObject({ width: 64, height: 48, box: null });
});

test("a photo over the limit is an error of its own", async () => {
  const app = appWith(predictor, { limits: { bodyBytes: 1_000 } });
  const big = new Uint8Array(1_001);
  const request = form(["images", "big.jpg", big], ["images", "b.png", await greyPhoto()]);
  const answer = BatchAnswer.parse(await (await app.request("/batch-predict", request)).json());
  expect(answer.results).toMatchObject([
    { name: "big.jpg", error: { code: "serving.body_too_large" } },
    { name: "b.png", box: null },
  ]);
});

test("one model answers the whole batch, held open until it is done", async () => {
  const events: string[] = [];
  let number = 7;
  const watched: Predictor = {
    ...predictor,
    predict: (...photo) => {
      events.push("predict");
      number = 8; // as if a new model took over in between
      return predictor.predict(...photo);
    },
  };
  const hold = () => {
    events.push("hold");
    return () => void events.push("release");
  };
  const app = appWith(watched, { model: () => ({ number, predictor: watched, hold }) });
  const photo = await greyPhoto();
  const response = await app.request(
    "/batch-predict",
    form(["images", "a.png", photo], ["images", "b.png", photo]),
  );
  expect(await response.json()).toMatchObject({ model_version: 7 });
  expect(events).toEqual(["hold", "predict", "predict", "release"]);
});

test.each([
  [
    "too many photos",
    form(["images", "a", "x"], ["images", "b", "x"], ["images", "c", "x"]),
    400,
    "The form has 3 photos; the limit is 2",
  ],
  ["no photo", form(["other", "a", "x"]), 400, "The form has no photo"],
  ["no form", raw("x"), 415, "The body is no multipart form"],
  [
    "too many bytes",
    raw("x".repeat(3_000_000), "multipart/form-data; boundary=x"),
    413,
    "The request has more than 2 MB, which is the limit",
  ],
])("%s: the whole request is refused", async (_, request, status, message) => {
  const app = appWith(predictor, { limits: { batchPhotos: 2, batchBytes: 2_000_000 } });
  const response = await app.request("/batch-predict", request);
  expect(await failureOf(response)).toMatchObject({ status, message });
});
