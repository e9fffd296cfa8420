import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bundle, Registry, Release, sha256 } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadPredictorFromBlobs } from "../predictor";
import { toyBundle } from "../predictor/toy";
import { putToy } from "../testing/toy-world";
import { cachedBlobs, fetchRelease } from "./index";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-fetch-"));
});
afterEach(() => rm(folder, { recursive: true }));

const JSON_DIGEST = sha256(toyBundle().files[Bundle.MODEL_JSON]!);

const unexpected = (error: Error) => {
  throw error;
};

/** A world in which toy model 1 is registered and released. */
async function released() {
  const world = memoryWorld();
  await putToy(1, world);
  const of = { runId: "toy-1", datasetVersion: "0".repeat(64), codeCommit: "toy", dice: 0.9, iou: 0.8 };
  await Registry.register({ ...of, bundleDigest: JSON_DIGEST }, world);
  await Release.full({ model: 1, reason: "toy" }, world);
  return world;
}

test("the released model is fetched, and loads without the world", async () => {
  const world = await released();
  const [fetched] = await fetchRelease(world, folder, unexpected);
  expect(fetched).toEqual({ model: 1, digest: JSON_DIGEST, bytes: expect.any(Number) });

  const nothing = memoryWorld().blobs;
  const predictor = await loadPredictorFromBlobs("models/1/", { blobs: await cachedBlobs(nothing, folder) });
  expect(predictor.digest).toBe(JSON_DIGEST);
  await predictor.close();
});

test("what is there already is not fetched again; what is damaged there is", async () => {
  const world = await released();
  await fetchRelease(world, folder, unexpected);
  const asked: string[] = [];
  const get = (key: string) => {
    asked.push(key);
    return world.blobs.get(key);
  };
  const blobs = { ...world.blobs, get };
  await fetchRelease({ ...world, blobs }, folder, unexpected);
  expect(asked).toEqual([]);

  const [onnx = ""] = (await readdir(folder)).filter((name) => name.endsWith(".onnx"));
  await writeFile(join(folder, onnx), "cut");
  await fetchRelease({ ...world, blobs }, folder, unexpected);
  expect(asked).toEqual(["models/1/model.onnx"]);
});

test.each([
  ["model.onnx", "models/1/model.onnx is not the file that model.json names"],
  ["model.json", "models/1/model.json is not the one that was registered"],
])("a %s that was exchanged is refused", async (name, message) => {
  const world = await released();
  await world.blobs.put(`models/1/${name}`, "something else");
  await expect(fetchRelease(world, folder, unexpected)).rejects.toMatchObject({
    code: "model.corrupt",
    message,
  });
});

test("where nothing is released there is nothing to fetch", async () => {
  expect(await fetchRelease(memoryWorld(), folder, unexpected)).toEqual([]);
});

test("a canary that is damaged is told of, and keeps no server from its champion", async () => {
  const world = await released();
  await putToy(2, world);
  const of = { runId: "toy-2", datasetVersion: "0".repeat(64), codeCommit: "toy", dice: 0.9, iou: 0.8 };
  await Registry.register({ ...of, bundleDigest: JSON_DIGEST }, world);
  await world.blobs.put("models/2/model.onnx", "cut");
  await Release.canary({ model: 2, champion: 1, weight: 0.1, reason: "test" }, world);
  const told: string[] = [];
  const fetched = await fetchRelease(world, folder, ({ code, message }) => told.push(`${code} ${message}`));
  expect(fetched.map(({ model }) => model)).toEqual([1]);
  expect(told).toEqual([expect.stringContaining("model.corrupt models/2/model.onnx")]);
});
