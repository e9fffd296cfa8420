import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import * as Registry from "../registry";
import { memoryWorld } from "../testing";
import { Recipe } from "../training";
import { verify } from "./index";

let world: ReturnType<typeof memoryWorld>;
const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const file = (name: string) => ({ file: name, sha256: sha(name), bytes: name.length });
const STAGES = {
  one: [{ role: "segmenter", ...file("model.onnx"), width: 32, height: 32 }],
  two: [
    { role: "locator", ...file("locator.onnx"), width: 32, height: 32 },
    { role: "refiner", ...file("refiner.onnx"), width: 48, height: 16, closeUp: { along: 1.5, across: 2 } },
  ],
};
const json = (changes: object = {}) =>
  JSON.stringify({
    format: 3,
    task: "segmentation",
    preprocessing: { upright: true, fit: "fill" },
    threshold: 0.5,
    stages: STAGES.one,
    datasetVersion: "d".repeat(64),
    runId: "run-1",
    codeCommit: "abc",
    recipe: Recipe.parse({}),
    trainedAt: "2026-01-01T00:00:00.000Z",
    ...changes,
  });
const TWO = { stages: STAGES.two, weights: [file("locator.weights.bin"), file("refiner.weights.bin")] };
const NAMES = ["model.onnx", "locator.onnx", "refiner.onnx", "locator.weights.bin", "refiner.weights.bin"];

beforeEach(() => {
  world = memoryWorld();
});

async function register(modelJson: string): Promise<void> {
  const bundleDigest = sha(modelJson);
  const facts = { runId: "run-1", datasetVersion: "d".repeat(64), codeCommit: "abc", dice: 0.9, iou: 0.8 };
  await Registry.register({ ...facts, bundleDigest }, world);
  await world.blobs.put("models/1/model.json", modelJson);
  for (const name of NAMES) await world.blobs.put(`models/1/${name}`, name); // each its own content
}

test.each([
  ["one network", {}, ["segmenter"]],
  ["two networks", TWO, ["locator", "refiner"]],
])("a whole bundle of %s is answered", async (_, changes, roles) => {
  await register(json(changes));
  const bundle = await verify({ number: 1 }, world);
  expect(bundle).toMatchObject({ runId: "run-1", ...changes });
  expect(bundle.stages.map(({ role }) => role)).toEqual(roles);
});

test.each(["locator.onnx", "refiner.onnx", "locator.weights.bin", "refiner.weights.bin"])(
  "of two networks, %s missing or changed is refused",
  async (name) => {
    await register(json(TWO));
    const key = `models/1/${name}`;
    await world.blobs.put(key, "changed");
    await expect(verify({ number: 1 }, world)).rejects.toMatchObject({
      code: "model.corrupt",
      message: `Model 1 is damaged: ${key} is not the file that model.json names`,
    });
    await world.blobs.remove(key);
    await expect(verify({ number: 1 }, world)).rejects.toMatchObject({
      code: "model.corrupt",
      message: `Model 1 is damaged: ${key} is missing`,
    });
  },
);

const [locator, refiner] = STAGES.two;
test.each([
  ["a refiner alone", [refiner]],
  ["a locator alone", [locator]],
  ["in the wrong order", [refiner, locator]],
  ["a refiner that is not told what it sees", [locator, { ...refiner, closeUp: undefined }]],
  ["none", []],
])("stages that make no model are refused: %s", async (_, stages) => {
  await register(json({ stages }));
  await expect(verify({ number: 1 }, world)).rejects.toMatchObject({ code: "model.corrupt" });
});

test.each([
  ["models/1/model.onnx", "the net", "models/1/model.onnx is not the file that model.json names"],
  ["models/1/model.json", json({ runId: "run-2" }), "models/1/model.json is not the one that was registered"],
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

test.each(["{", "{}", json({ stages: [{ ...STAGES.one[0], file: "../../etc/passwd" }] })])(
  "model.json that was registered as %j is refused",
  async (text) => {
    await register(text);
    await expect(verify({ number: 1 }, world)).rejects.toThrow(/^Model 1 is damaged: models\/1\/model.json /);
  },
);

test("a model that is not registered is not found", async () => {
  await expect(verify({ number: 1 }, world)).rejects.toMatchObject({ code: "model.not_found" });
});
