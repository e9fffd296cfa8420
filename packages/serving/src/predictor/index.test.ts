import { memoryWorld } from "@sluice/core/testing/index";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalPredictor, loadPredictor, loadPredictorFromBlobs } from "./index";
import { toyBundle } from "./toy";

let predictor: LocalPredictor;
beforeAll(async () => {
  predictor = await loadPredictor({ ...toyBundle(), threads: 1 });
});
afterAll(() => predictor.close());

/** A grey photo, 96 x 64, with a red rectangle from (24, 16), 36 x 20. */
const photo = () =>
  sharp({ create: { width: 96, height: 64, channels: 3, background: "#777" } }).composite([
    {
      input: { create: { width: 36, height: 20, channels: 3, background: "#f00" } },
      left: 24,
      top: 16,
    },
  ]);

test("finds the window at the photo's own size", async () => {
  const { mask, box, areaPx, confidence, ...rest } = await predictor.predict(
    await photo().png().toBuffer(),
    "a.png",
  );
  expect(rest).toMatchObject({ width: 96, height: 64 });
  expect(mask).toHaveLength(96 * 64);
  // The model sees 32 x 32: one of its pixels is 3 x 2 of the photo's.
  expect(box?.left).toBeGreaterThanOrEqual(22);
  expect(box?.left).toBeLessThanOrEqual(26);
  expect(Math.abs((box?.width ?? 0) - 36)).toBeLessThanOrEqual(4);
  expect(Math.abs((box?.height ?? 0) - 20)).toBeLessThanOrEqual(4);
  expect(areaPx).toBeGreaterThan(600);
  expect(areaPx).toBe(mask.reduce((sum, v) => sum + v, 0));
  expect(confidence).toBeGreaterThan(0.9);
  expect(Object.values(rest.timings).every((ms) => ms >= 0)).toBe(true);
});

test("answers for the upright photo: EXIF orientation 6 is a quarter turn to the right", async () => {
  const bytes = await photo().jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
  const { width, height, box } = await predictor.predict(bytes, "turned.jpg");
  expect([width, height]).toEqual([64, 96]);
  // Upright, x = 63 - y and y = x: the rectangle spans x 28..47 and y 24..59.
  expect(Math.abs((box?.left ?? 0) - 28)).toBeLessThanOrEqual(3);
  expect(Math.abs((box?.top ?? 0) - 24)).toBeLessThanOrEqual(3);
  expect(box?.height ?? 0).toBeGreaterThan(box?.width ?? 0);
});

test("a photo without a window gives an empty mask", async () => {
  const grey = await sharp({ create: { width: 50, height: 40, channels: 3, background: "#777" } })
    .jpeg()
    .toBuffer();
  expect(await predictor.predict(grey, "grey.jpg")).toMatchObject({ areaPx: 0, box: null, confidence: 0 });
});

test("a network by itself: one batch equals its photos one by one", async () => {
  const [network] = predictor.networks;
  const pictures = Uint8Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => 255 * Math.abs(Math.sin(i)));
  const both = await network(pictures);
  expect(both).toHaveLength(2 * 32 * 32);
  expect(both.slice(32 * 32)).toEqual(await network(pictures.slice(32 * 32 * 3)));
  for (let i = 0; i < 9; i++) {
    const [red, green, blue] = pictures.subarray(3 * i, 3 * i + 3);
    const logit = (8 * (red - green - blue)) / 255 - 2;
    expect(both[i]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
  }
});

test("what is no photo is named", async () => {
  const answer = predictor.predict(Buffer.from("no photo"), "images/a.jpg");
  await expect(answer).rejects.toMatchObject({
    code: "photo.unsupported",
    message: expect.stringContaining("images/a.jpg"),
  });
});

test("loads from blobs, warms up, and its digest is that of model.json", async () => {
  const { blobs } = memoryWorld();
  const { files } = toyBundle();
  for (const [name, bytes] of Object.entries(files)) await blobs.put(`models/1/${name}`, bytes);
  const loaded = await loadPredictorFromBlobs("models/1/", { blobs }, { threads: 1 });
  await loaded.warmUp();
  expect(loaded.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(loaded.digest).toBe(predictor.digest);
  expect(loaded.bundle).toEqual(predictor.bundle);
  await loaded.close();
});

test("no model, a missing file and a changed file are told apart, by name", async () => {
  const { blobs } = memoryWorld();
  const load = () => loadPredictorFromBlobs("models/1/", { blobs });
  await expect(load()).rejects.toMatchObject({ code: "model.not_found" });

  const { files } = toyBundle();
  await blobs.put("models/1/model.json", files["model.json"]);
  await expect(load()).rejects.toMatchObject({
    code: "model.corrupt",
    message: "models/1/model.onnx is missing",
  });

  const changed = Buffer.from(files["model.onnx"]);
  changed[changed.length - 1] ^= 1;
  await blobs.put("models/1/model.onnx", changed);
  await expect(load()).rejects.toMatchObject({
    code: "model.corrupt",
    message: "models/1/model.onnx is not the file that model.json names",
  });

  await blobs.put("models/1/model.json", "{}");
  await expect(load()).rejects.toMatchObject({ code: "model.corrupt", message: /models\/1\/model\.json/ });

  const older = { ...JSON.parse(files["model.json"].toString()), format: 2 };
  await blobs.put("models/1/model.json", JSON.stringify(older));
  await expect(load()).rejects.toMatchObject({
    code: "model.corrupt",
    message:
      "models/1/model.json does not describe a model: format: 2 is another Sluice's, this one reads 3: train the model anew",
  });
});

test("a model of another size than the bundle says is refused", async () => {
  const { bundle, files } = toyBundle();
  const stages: typeof bundle.stages = [{ ...bundle.stages[0], role: "segmenter", width: 64 }];
  const answer = loadPredictor({ bundle: { ...bundle, stages }, files });
  await expect(answer).rejects.toMatchObject({
    code: "model.corrupt",
    message: "model.onnx: its input is pixels uint8 [n, 32, 32, 3], not pixels uint8 [n, 32, 64, 3]",
  });
});

test("a bundle cannot point outside itself", async () => {
  const { blobs } = memoryWorld();
  const { bundle } = toyBundle();
  const stages = [{ ...bundle.stages[0], file: "../2/model.onnx" }];
  await blobs.put("models/1/model.json", JSON.stringify({ ...bundle, stages }));
  const answer = loadPredictorFromBlobs("models/1/", { blobs });
  await expect(answer).rejects.toMatchObject({ code: "model.corrupt" });
});
