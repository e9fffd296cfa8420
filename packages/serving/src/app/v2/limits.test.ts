import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { columns, linear } from "../../onnx/toy";
import { appWith } from "../../testing";
import { libraryOf } from "../../testing/library";
import { outputsOf, type V2Toys, v2Toys, x } from "./testing";

let toys: V2Toys;
beforeAll(async () => {
  toys = await v2Toys();
});
afterAll(() => toys.close());
const post: V2Toys["post"] = (...request) => toys.post(...request);

/** So many texts without a letter, which are four bytes each. */
function empties(name: string, shape: number[]) {
  const bytes = Buffer.alloc(4 * shape.reduce((count, side) => count * side, 1));
  const input = { name, datatype: "BYTES", shape, parameters: { binary_data_size: bytes.length } };
  const json = Buffer.from(JSON.stringify({ inputs: [input] }));
  const headers = { "Inference-Header-Content-Length": String(json.length) };
  return [Buffer.concat([json, bytes]), headers] as const;
}

test("what the model does not take is refused before a value is read", async () => {
  // A text that does not end: were it read, that would be told.
  const [body, headers] = empties("photo", [2]);
  body.fill(0xff, body.length - 8);
  const response = await post("/v2/models/segmentation-photo/infer", body, headers);
  expect(await response.json()).toEqual({ error: expect.stringContaining("BYTES [2], not BYTES [1]") });
});

test("more texts than memory is for are refused", async () => {
  const response = await post("/v2/models/texts/infer", ...empties("x", [250_001, 2]));
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: expect.stringContaining("more than 500000 texts") });
});

test("texts count with what they take, not with what they came as", async () => {
  const { predictor, library } = toys;
  const small = appWith(predictor, { library, limits: { uploadBytes: 10_000 } });
  const ask = (rows: number) => {
    const [body, headers] = empties("x", [rows, 2]);
    return small.request("/v2/models/texts/infer", { method: "POST", headers, body: new Uint8Array(body) });
  };
  expect((await ask(20)).status).toBe(200);
  expect((await ask(40)).status).toBe(429);
});

test("an output is answered once", async () => {
  const wanted = { ...x("FP32", [1, 2], [1, 2]), outputs: [{ name: "y" }, { name: "y" }] };
  const twice = await post("/v2/models/floats/infer", wanted);
  expect(twice.status).toBe(400);
  expect(await twice.json()).toEqual({ error: expect.stringContaining('Output "y" is asked for twice') });
});

test("an older version is asked, and told of, by its own tensors", async () => {
  const { library, add } = await libraryOf({ next: linear() });
  onTestFinished(() => library.close());
  await add("next", columns(), true);
  const app = appWith(toys.predictor, { library });

  const told = await app.request("/v2/models/next/versions/1");
  expect(await told.json()).toMatchObject({ versions: ["1", "2"], inputs: [{ name: "X" }] });
  const inputs = [{ name: "X", datatype: "FP32", shape: [1, 3], data: [1, 0, 0] }];
  const body = JSON.stringify({ inputs });
  const answer = await app.request("/v2/models/next/versions/1/infer", { method: "POST", body });
  expect(await outputsOf(answer)).toMatchObject({ model_version: "1", outputs: [{ name: "y", data: [3] }] });
});
