import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appWith } from "../../testing";
import { ModelList, ModelMetadata } from "./schemas";
import { outputsOf, type V2Toys, v2Toys, x } from "./testing";

let toys: V2Toys;
beforeAll(async () => {
  toys = await v2Toys();
});
afterAll(() => toys.close());
const get = (path: string) => toys.get(path);
const post: V2Toys["post"] = (...request) => toys.post(...request);

describe("what the server and its models are", () => {
  test("the server", async () => {
    const { status, body } = await get("/v2");
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: "sluice", extensions: ["binary_tensor_data"] });
    expect(await get("/v2/health/live")).toEqual({ status: 200, body: { live: true } });
    expect(await get("/v2/health/ready")).toEqual({ status: 200, body: { ready: true } });
    const { models } = ModelList.parse((await get("/v2/models")).body);
    expect(models.slice(0, 2)).toEqual(["segmentation", "segmentation-photo"]);
    expect(models).toContain("wine");
  });

  test("without a champion it is alive, but not ready", async () => {
    const empty = appWith(toys.predictor, { model: () => undefined });
    expect((await empty.request("/v2/health/live")).status).toBe(200);
    for (const path of ["/v2/health/ready", "/v2/models/segmentation/ready"]) {
      expect((await empty.request(path)).status).toBe(503);
    }
    const body = JSON.stringify({
      inputs: [{ name: "image", datatype: "UINT8", shape: [1, 1, 3], data: [1, 2, 3] }],
    });
    const response = await empty.request("/v2/models/segmentation/infer", { method: "POST", body });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^model\.not_ready: /) });
  });

  test("it is ready as /ready is: with a first model that is still a canary, and not while it stops", async () => {
    const models = () => ({ canary: { number: 1, predictor: toys.predictor }, weight: 1 });
    expect((await appWith(toys.predictor, { models }).request("/v2/health/ready")).status).toBe(200);
    const stopping = appWith(toys.predictor, { isStopping: () => true });
    expect((await stopping.request("/v2/health/ready")).status).toBe(503);
    expect((await stopping.request("/v2/health/live")).status).toBe(200);
  });

  test("a model trained elsewhere, by name and version", async () => {
    const metadata = {
      name: "wine",
      versions: ["1"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "X", datatype: "FP32", shape: [-1, 3] }],
      outputs: [{ name: "y", datatype: "FP32", shape: [-1, 1] }],
    };
    expect(await get("/v2/models/wine")).toEqual({ status: 200, body: metadata });
    expect(await get("/v2/models/wine/versions/1")).toEqual({ status: 200, body: metadata });
    const ready = { status: 200, body: { name: "wine", ready: true } };
    expect(await get("/v2/models/wine/ready")).toEqual(ready);
    expect(await get("/v2/models/wine/versions/1/ready")).toEqual(ready);
  });

  test("the champion", async () => {
    const body = ModelMetadata.parse((await get("/v2/models/segmentation")).body);
    expect(body).toMatchObject({
      versions: ["3"],
      inputs: [{ name: "image", datatype: "UINT8", shape: [-1, -1, 3] }],
    });
    expect(body.outputs.map(({ name }) => name)).toEqual(["mask", "confidence", "area_px", "box"]);
  });

  test.each([
    "/v2/models/nothing",
    "/v2/models/nothing/ready",
    "/v2/models/wine/versions/2",
    "/v2/models/wine/versions/2/ready",
    "/v2/models/wine/versions/x",
    "/v2/models/..%2f..%2fetc",
    "/v2/models/segmentation/versions/4",
    "/v2/nothing",
  ])("%s is not there", async (path) => {
    const { status, body } = await get(path);
    expect(status).toBe(404);
    expect(body).toEqual({ error: expect.stringMatching(/^(model|usage)\.not_found: /) });
  });

  test("another method is told which there is", async () => {
    const response = await toys.app().request("/v2/models/wine/infer");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    expect((await toys.app().request("/v2/models/wine", { method: "DELETE" })).status).toBe(405);
  });
});

describe("tensors in JSON", () => {
  test("rows are answered in order, by the id that was given", async () => {
    const rows = [
      [1, 0, 0],
      [0, 1, 0],
      [0.5, 0, 2],
    ];
    const request = { id: "a-1", inputs: [{ name: "X", datatype: "FP32", shape: [3, 3], data: rows }] };
    expect(await outputsOf(await post("/v2/models/wine/infer", request))).toEqual({
      model_name: "wine",
      model_version: "1",
      id: "a-1",
      outputs: [{ name: "y", datatype: "FP32", shape: [3, 1], data: [3, 4, 12] }],
    });
    const flat = { inputs: [{ ...request.inputs[0], data: rows.flat() }] };
    const again = await outputsOf(await post("/v2/models/wine/versions/1/infer", flat));
    expect(again.outputs[0]?.data).toEqual([3, 4, 12]);
  });

  test.each([
    ["floats", "FP32", [1.5, -2], [-1.5, 2]],
    ["longs", "INT64", [9_007_199_254_740_991, -7], [-9_007_199_254_740_991, 7]],
    ["flags", "BOOL", [true, false], [false, true]],
    ["texts", "BYTES", ["Rotwein", "weiß 🍷"], ["Rotwein", "weiß 🍷"]],
  ])("%s", async (model, datatype, data, expected) => {
    const answer = await outputsOf(await post(`/v2/models/${model}/infer`, x(datatype, [1, 2], data)));
    expect(answer.outputs).toEqual([{ name: "y", datatype, shape: [1, 2], data: expected }]);
  });

  test("only the outputs that are asked for, several inputs in any order", async () => {
    const inputs = [
      { name: "colour", datatype: "BYTES", shape: [1, 1], data: ["red"] },
      { name: "alcohol", datatype: "FP32", shape: [1, 1], data: [9.5] },
    ];
    const answer = await outputsOf(
      await post("/v2/models/columns/infer", { inputs, outputs: [{ name: "same" }] }),
    );
    expect(answer.outputs).toEqual([{ name: "same", datatype: "BYTES", shape: [1, 1], data: ["red"] }]);
  });

  const good = { name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] };
  test.each([
    ["no JSON", "floats", Buffer.from("{"), /no JSON/],
    ["no inputs", "floats", {}, /inputs/],
    ["an input that is none", "floats", { inputs: [{ ...good, name: "z" }] }, /no input "z".*: x\./],
    ["the same input twice", "floats", { inputs: [good, good] }, /given twice/],
    [
      "a missing input",
      "columns",
      { inputs: [{ ...good, name: "alcohol", shape: [1, 1], data: [1] }] },
      /"colour" is missing/,
    ],
    ["another type", "floats", x("INT64", [1, 2], [1, 2]), /is INT64 \[1, 2\], not FP32 \[-1, 2\]/],
    ["a type that is none", "floats", x("FP99", [1, 2], [1, 2]), /datatype/],
    ["another shape", "floats", x("FP32", [2, 1], [1, 2]), /\[2, 1\]/],
    ["too few values", "floats", x("FP32", [2, 2], [1, 2]), /2 values/],
    ["a shape beyond all bounds", "floats", x("FP32", [2_000_000_000, 2], [1, 2]), /2 values/],
    ["a negative shape", "floats", x("FP32", [-1, 2], [1, 2]), /shape/],
    ["a text for a number", "floats", x("FP32", [1, 2], [1, "2"]), /value 1 is "2", not a number/],
    ["null", "floats", x("FP32", [1, 2], [1, null]), /value 1 is null/],
    ["half a whole number", "longs", x("INT64", [1, 2], [1, 2.5]), /value 1 is 2.5/],
    ["a number for a truth", "flags", x("BOOL", [1, 2], [1, 0]), /not true or false/],
    ["FP16", "halves", x("FP16", [1, 2], [1, 0]), /binary data/],
    ["no data", "floats", x("FP32", [1, 2], undefined), /no data/],
    [
      "an output that is none",
      "floats",
      { ...x("FP32", [1, 2], [1, 2]), outputs: [{ name: "q" }] },
      /no output "q"/,
    ],
    [
      "shared memory",
      "floats",
      { inputs: [{ ...good, parameters: { shared_memory_region: "a" } }] },
      /shared memory/,
    ],
    [
      "bytes that are not there",
      "floats",
      { inputs: [{ ...good, parameters: { binary_data_size: 8 } }] },
      /no "8" bytes/,
    ],
  ])("%s gets 400", async (_, model, body, message) => {
    const response = await post(`/v2/models/${model}/infer`, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(message) });
  });

  test("too much JSON gets 413", async () => {
    const small = appWith(toys.predictor, { library: toys.library, limits: { bodyBytes: 100 } });
    const body = JSON.stringify(x("FP32", [1, 2], [1, 2])) + " ".repeat(100);
    const response = await small.request("/v2/models/floats/infer", { method: "POST", body });
    expect(response.status).toBe(413);
  });
});
