import { Worker } from "node:worker_threads";
import { Bundle } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { greyPhoto, redWindow, toyPredictor } from "../../testing";
import { putToy } from "../../testing/toy-world";
import { type PredictorThreads, predictorThreads } from "./index";

const world = memoryWorld();
let threads: PredictorThreads;
beforeAll(async () => {
  await putToy(1, world);
  threads = predictorThreads({ count: 2 });
});
afterAll(() => threads.close());
afterEach(() => vi.restoreAllMocks());

const load = (model = 1) => threads.load(Bundle.modelPrefix(model), world);

test("photos at once in several threads are answered as one after the other in this one", async () => {
  const [inThreads, here] = await Promise.all([load(), toyPredictor()]);
  expect(inThreads.digest).toBe(here.digest);
  const photos = [
    await redWindow(),
    await greyPhoto(),
    await redWindow({ orientation: 6 }),
    await redWindow(),
  ];
  const found = await Promise.all(photos.map((photo) => inThreads.predict(photo, "a photo")));
  for (const [i, photo] of photos.entries()) {
    const { timings: _, ...expected } = await here.predict(photo, "a photo");
    expect(found[i]).toMatchObject(expected);
    const { timings: __, ...png } = await here.predictPng(photo, "a photo");
    const sent = await inThreads.predictPng(photo, "a photo");
    expect(sent).toMatchObject({ ...png, png: new Uint8Array(png.png) });
    expect(sent).not.toHaveProperty("mask");
  }
  expect(found[0].box).toMatchObject({ width: expect.closeTo(180, -1) });
  expect(found[1].box).toBeNull();
  expect(photos[0].byteLength).toBeGreaterThan(0); // still the caller's
  await inThreads.close();
}, 120_000); // threads start in seconds, but not on a busy machine

test("what is wrong with a photo or a model comes back as it was thrown", async () => {
  const predictor = await load();
  await expect(predictor.predict(Buffer.from("text"), "notes.txt")).rejects.toMatchObject({
    code: "photo.unsupported",
    message: "notes.txt is text",
  });
  await predictor.close();
  await expect(predictor.predict(await redWindow(), "late")).rejects.toThrow("not loaded");

  await putToy(2, world);
  await world.blobs.put("models/3/model.json", await world.blobs.get("models/2/model.json"));
  await expect(load(3)).rejects.toMatchObject({
    code: "model.corrupt",
    message: "models/3/model.onnx is missing",
  });
});

test("a thread that ends takes one question with it; the next ones have the same models", async () => {
  const predictor = await load();
  const photo = await redWindow();
  const asked = vi.spyOn(Worker.prototype, "postMessage").mockImplementationOnce(function (this: Worker) {
    void this.terminate();
  });
  await expect(predictor.predict(photo, "a photo")).rejects.toThrow("A worker thread ended");

  const found = await Promise.all([1, 2, 3, 4].map(() => predictor.predict(photo, "a photo")));
  for (const { box } of found) expect(box).toMatchObject({ width: expect.closeTo(180, -1) });
  const answered = new Set(asked.mock.contexts);
  expect(answered.size).toBe(3); // the one that ended, the other, and its successor
  await predictor.close();
}, 120_000);
