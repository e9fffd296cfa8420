import { expect, test } from "vitest";
import { memoryWorld } from "../testing";
import * as Imported from ".";

const numbers = (name: string, ...shape: number[]): Imported.TensorSpec => ({
  name,
  datatype: "FP32",
  shape,
});
const signature = (
  inputs: Imported.TensorSpec[],
  outputs: Imported.TensorSpec[] = [numbers("variable", -1, 1)],
): Imported.Signature => ({
  inputs,
  outputs,
  leftOut: [],
  irVersion: 10,
  opsets: { "ai.onnx": 21 },
  producer: "skl2onnx 1.20.0",
});
const matrix = signature([numbers("X", -1, 3)]);
const file = Buffer.from("an onnx file");
/** `printf 'an onnx file' | sha256sum` */
const DIGEST = "259e1c47bc31330b1f0b3ec0e14dfd141e682b76b5545a261b45467ad0a442a3";
const wine = { name: "wine", file, signature: matrix };

test("a model is registered once, its file by its content", async () => {
  const world = memoryWorld();
  const first = await Imported.register(wine, world);
  world.clock.advance(1_000);
  expect(await Imported.register(wine, world)).toEqual(first);

  expect(first).toMatchObject({ version: 1, digest: DIGEST, bytes: 12, kind: "tabular", columns: null });
  expect(await world.blobs.get(`models/imported/${DIGEST}.onnx`)).toEqual(file);
  expect(await Imported.list(world)).toEqual([{ name: "wine", versions: [first] }]);
  expect(await Imported.find("wine", world)).toEqual({ name: "wine", versions: [first] });
  expect(await Imported.find("beer", world)).toBeUndefined();
  expect(await Imported.find("../runs/a", world)).toBeUndefined();
});

test("another file needs another name, or to be the next version", async () => {
  const world = memoryWorld();
  await Imported.register(wine, world);
  const other = { ...wine, file: Buffer.from("another") };
  await expect(Imported.register(other, world)).rejects.toMatchObject({
    code: "model.name_taken",
    hint: expect.stringContaining("--next"),
  });
  expect(await world.blobs.list("models/imported/")).toEqual([`models/imported/${DIGEST}.onnx`]);
  const second = await Imported.register({ ...other, asNewVersion: true }, world);
  expect(second.version).toBe(2);
  const info = await Imported.find("wine", world);
  expect(info?.versions.map(({ version }) => version)).toEqual([1, 2]);
  expect(info && Imported.latest(info)).toEqual(second);
});

test("a number is no name: metrics would take it for a version of the champion", () => {
  const numbered = { ...wine, name: "3" };
  expect(() => Imported.register(numbered, memoryWorld())).toThrow("a number is a version of the champion");
});

test("two who import two files under one name at once: one of them is told", async () => {
  const world = memoryWorld();
  const both = await Promise.allSettled([
    Imported.register(wine, world),
    Imported.register({ ...wine, file: Buffer.from("another") }, world),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect((await Imported.find("wine", world))?.versions).toHaveLength(1);
});

test.each(["", "Wine", "a/b", "..", "wine 2", "x".repeat(65)])("%j is no name", (name) => {
  expect(() => Imported.register({ ...wine, name }, memoryWorld())).toThrow("small letters");
});

test.each(Imported.RESERVED)("%s is the champion's name", (name) => {
  expect(() => Imported.register({ ...wine, name }, memoryWorld())).toThrow(
    "that is what the champion is called",
  );
});

test.each([
  ["a matrix", matrix, "tabular"],
  ["a matrix of any width", signature([numbers("X", -1, -1)]), "tabular"],
  ["columns by name", signature([numbers("alcohol", -1, 1), numbers("ph", -1, 1)]), "tabular"],
  [
    "columns of texts",
    signature([{ name: "colour", datatype: "BYTES", shape: [-1, 1] }], [numbers("y", -1)]),
    "tabular",
  ],
  [
    "a network for pictures",
    signature([numbers("photo", -1, 3, 64, 64)], [numbers("logits", -1, 1, 64, 64)]),
    "segmentation",
  ],
  [
    "a classifier of pictures",
    signature([numbers("photo", -1, 3, 64, 64)], [numbers("y", -1, 10)]),
    "tensors",
  ],
  ["one example only", signature([numbers("X", 1, 3)]), "tensors"],
])("%s is told by its shapes", (_, given, kind) => {
  expect(Imported.kindOf(given)).toBe(kind);
});

test.each([
  [["alcohol", "ph"], "2 columns are named, but the model takes 3"],
  [["alcohol", "ph", "alcohol"], 'Column "alcohol" is named twice'],
])("columns %j do not fit a matrix of three", async (columns, message) => {
  await expect(Imported.register({ ...wine, columns }, memoryWorld())).rejects.toMatchObject({
    code: "usage.invalid",
    message,
  });
});

test("columns are named by whoever imports a matrix, else by the file", async () => {
  const columns = ["alcohol", "ph", "sugar"];
  expect((await Imported.register({ ...wine, columns }, memoryWorld())).columns).toEqual(columns);

  const named = signature([numbers("alcohol", -1, 1), numbers("ph", -1, 1)]);
  const byFile = { ...wine, signature: named };
  expect((await Imported.register(byFile, memoryWorld())).columns).toEqual(["alcohol", "ph"]);
  await expect(Imported.register({ ...byFile, columns: ["a", "b"] }, memoryWorld())).rejects.toThrow(
    /itself/,
  );
});

test("more than 250 MB are refused before they are stored", async () => {
  const world = memoryWorld();
  const large = { ...wine, file: new Uint8Array(250_000_001) };
  await expect(Imported.register(large, world)).rejects.toMatchObject({ code: "model.too_large" });
  expect(await world.blobs.list("")).toEqual([]);
});
