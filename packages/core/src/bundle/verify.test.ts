import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import * as Registry from "../registry";
import { memoryWorld } from "../testing";
import { Recipe } from "../training";
import { verify } from "./index";

let world: ReturnType<typeof memoryWorld>;
const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const onnx = "the network";
const json = (file = "model.onnx") =>
  JSON.stringify({
    format: 1,
    task: "segmentation",
    inputSize: 32,
    preprocessing: { upright: true, fit: "fill", scale: "0..1" },
    threshold: 0.5,
    stages: [{ role: "segmenter", file, sha256: sha(onnx), bytes: 11 }],
    datasetVersion: "d".repeat(64),
    runId: "run-1",
    codeCommit: "abc",
    recipe: Recipe.parse({}),
    trainedAt: "2026-01-01T00:00:00.000Z",
  });

beforeEach(() => {
  world = memoryWorld();
});

async function register(modelJson: string): Promise<void> {
  const bundleDigest = sha(modelJson);
  const facts = { runId: "run-1", datasetVersion: "d".repeat(64), codeCommit: "abc", dice: 0.9, iou: 0.8 };
  await Registry.register({ ...facts, bundleDigest }, world);
  await world.blobs.put("models/1/model.json", modelJson);
  await world.blobs.put("models/1/model.onnx", onnx);
}

test("a whole bundle is answered", async () => {
  await register(json());
  expect(await verify({ number: 1 }, world)).toMatchObject({ runId: "run-1", inputSize: 32 });
});

test.each([
  ["models/1/model.onnx", "the net", "models/1/model.onnx is not the file that model.json names"],
  ["models/1/model.json", json("other.onnx"), "models/1/model.json is not the one that was registered"],
])("%s changed is refused", async (key, body, message) => {
  await register(json());
  await world.blobs.put(key, body);
  await expect(verify({ number: 1 }, world)).rejects.toMatchObject({
    code: "model.corrupt",
    message: `Model 1 is damaged: ${message}`,
  });
});

test.each(["models/1/model.onnx", "models/1/model.json"])("%s missing is refused", async (key) => {
  await register(json());
  await world.blobs.remove(key);
  await expect(verify({ number: 1 }, world)).rejects.toMatchObject({
    code: "model.corrupt",
    message: `Model 1 is damaged: ${key} is missing`,
  });
});

test.each(["{", "{}", json("../../etc/passwd")])(
  "model.json that was registered as %j is refused",
  async (text) => {
    await register(text);
    await expect(verify({ number: 1 }, world)).rejects.toThrow(/^Model 1 is damaged: models\/1\/model.json /);
  },
);

test("a model that is not registered is not found", async () => {
  await expect(verify({ number: 1 }, world)).rejects.toMatchObject({ code: "model.not_found" });
});
