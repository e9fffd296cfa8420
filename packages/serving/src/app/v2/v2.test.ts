import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ModelLibrary } from "../../onnx/library";
import { columns, elementwise, linear } from "../../onnx/toy";
import type { Predictor } from "../../predictor";
import { appWith, redWindow, toyPredictor } from "../../testing";
import { libraryOf } from "../../testing/library";
import { toBinary } from "./binary";
import { InferAnswer } from "./schemas";

const [FLOAT, INT64, BOOL, STRING, FLOAT16] = [1, 7, 9, 8, 10];
let predictor: Predictor;
let library: ModelLibrary;
beforeAll(async () => {
  predictor = await toyPredictor();
  ({ library } = await libraryOf({
    wine: linear(),
    columns: columns(),
    floats: elementwise("Neg", FLOAT),
    longs: elementwise("Neg", INT64),
    flags: elementwise("Not", BOOL),
    texts: elementwise("Identity", STRING),
    halves: elementwise("Identity", FLOAT16),
  }));
});
afterAll(async () => {
  await predictor.close();
  await library.close();
});
const app = () => appWith(predictor, { library });
const get = async (path: string) => {
  const response = await app().request(path);
  return { status: response.status, body: await response.json() };
};
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app().request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
  });
const outputsOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return InferAnswer.parse(await response.json());
};
const x = (datatype: string, shape: number[], data: unknown) => ({
  inputs: [{ name: "x", datatype, shape, data }],
});

describe("what the server and its models are", () => {
  test("the server", async () => {
    const { status, body } = await get("/v2");
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: "sluice", extensions: ["binary_tensor_data"] });
    expect(await get("/v2/health/live")).toEqual({ status: 200, body: { live: true } });
    expect(await get("/v2/health/ready")).toEqual({ status: 200, body: { ready: true } });
    const models = (await get("/v2/models")).body.models;
    expect(models.slice(0, 2)).toEqual(["segmentation", "segmentation-photo"]);
    expect(models).toContain("wine");
  });

  test("without a champion it is alive, but not ready", async () => {
    const empty = appWith(predictor, { model: () => undefined });
    expect((await empty.request("/v2/health/live")).status).toBe(200);
    for (const path of ["/v2/health/ready", "/v2/models/segmentation/ready"]) {
      expect((await empty.request(path)).status).toBe(503);
    }
    const body = JSON.stringify({
      inputs: [{ name: "image", datatype: "UINT8", shape: [1, 1, 3], data: [1, 2, 3] }],
    });
    const response = await empty.request("/v2/models/segmentation/infer", { method: "POST", body });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^model\.not_ready: /) });
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
    const { body } = await get("/v2/models/segmentation");
    expect(body).toMatchObject({
      versions: ["3"],
      inputs: [{ name: "image", datatype: "UINT8", shape: [-1, -1, 3] }],
    });
    expect(body.outputs.map(({ name }: { name: string }) => name)).toEqual([
      "mask",
      "confidence",
      "area_px",
      "box",
    ]);
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
    const response = await app().request("/v2/models/wine/infer");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    expect((await app().request("/v2/models/wine", { method: "DELETE" })).status).toBe(405);
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
    const small = appWith(predictor, { library, limits: { bodyBytes: 100 } });
    const body = JSON.stringify(x("FP32", [1, 2], [1, 2])) + " ".repeat(100);
    const response = await small.request("/v2/models/floats/infer", { method: "POST", body });
    expect(response.status).toBe(413);
  });
});

describe("the binary tensor data extension", () => {
  const binaryRequest = (head: object, ...parts: Uint8Array[]) => {
    const json = Buffer.from(JSON.stringify(head));
    return [
      Buffer.concat([json, ...parts]),
      { "Inference-Header-Content-Length": String(json.length) },
    ] as const;
  };
  const sized = (name: string, datatype: string, shape: number[], bytes: Uint8Array) => ({
    name,
    datatype,
    shape,
    parameters: { binary_data_size: bytes.length },
  });

  test("values follow the JSON there and back", async () => {
    const colour = toBinary([Buffer.from("red"), Buffer.from("")]);
    const alcohol = Buffer.from(Float32Array.of(9.5, 10).buffer);
    const inputs = [sized("colour", "BYTES", [2, 1], colour), sized("alcohol", "FP32", [2, 1], alcohol)];
    const head = { inputs, parameters: { binary_data_output: true } };
    const response = await post("/v2/models/columns/infer", ...binaryRequest(head, colour, alcohol));

    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    const body = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get("inference-header-content-length"));
    expect(JSON.parse(body.subarray(0, length).toString())).toEqual({
      model_name: "columns",
      model_version: "1",
      outputs: [
        { name: "negative", datatype: "FP32", shape: [2, 1], parameters: { binary_data_size: 8 } },
        { name: "same", datatype: "BYTES", shape: [2, 1], parameters: { binary_data_size: 11 } },
      ],
    });
    const values = body.subarray(length);
    expect([values.readFloatLE(0), values.readFloatLE(4)]).toEqual([-9.5, -10]);
    expect(values.subarray(8)).toEqual(Buffer.from("\x03\0\0\0red\0\0\0\0"));
  });

  test("one output binary, the other in JSON", async () => {
    const inputs = [
      { name: "colour", datatype: "BYTES", shape: [1, 1], data: ["red"] },
      { name: "alcohol", datatype: "FP32", shape: [1, 1], data: [1] },
    ];
    const outputs = [{ name: "same" }, { name: "negative", parameters: { binary_data: true } }];
    const response = await post("/v2/models/columns/infer", { inputs, outputs });
    const body = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get("inference-header-content-length"));
    const { outputs: answered } = InferAnswer.parse(JSON.parse(body.subarray(0, length).toString()));
    expect(answered[0]?.data).toEqual(["red"]);
    expect(body.subarray(length).readFloatLE()).toBe(-1);
  });

  test("FP16 and whole numbers beyond 2^53", async () => {
    const halves = Buffer.from("003c00c0", "hex"); // 1, -2
    const one = await post(
      "/v2/models/halves/infer",
      ...binaryRequest(
        { inputs: [sized("x", "FP16", [1, 2], halves)], parameters: { binary_data_output: true } },
        halves,
      ),
    );
    expect(Buffer.from(await one.arrayBuffer()).subarray(-4)).toEqual(halves);

    const longs = Buffer.from(BigInt64Array.of(9_007_199_254_740_993n, 1n).buffer);
    const two = await post(
      "/v2/models/longs/infer",
      ...binaryRequest({ inputs: [sized("x", "INT64", [1, 2], longs)] }, longs),
    );
    expect(await two.text()).toContain('"data":[-9007199254740993,-1]');
  });

  const eight = Buffer.alloc(8);
  test.each([
    [
      "a JSON length beyond the body",
      { inputs: [] },
      [],
      { "Inference-Header-Content-Length": "999" },
      /of a body of/,
    ],
    [
      "a JSON length that is none",
      { inputs: [] },
      [],
      { "Inference-Header-Content-Length": "-1" },
      /of a body of/,
    ],
    [
      "too few bytes",
      { inputs: [sized("x", "FP32", [2, 2], eight)] },
      [eight],
      {},
      /8 bytes, but FP32 \[2, 2\] takes 16/,
    ],
    ["bytes that belong to nobody", x("FP32", [1, 2], [1, 2]), [eight], {}, /8 bytes after the JSON/],
    ["compressed", x("FP32", [1, 2], [1, 2]), [], { "Content-Encoding": "gzip" }, /compressed/],
  ])("%s gets 400", async (_, head, parts, headers, message) => {
    const [body, own] = binaryRequest(head, ...parts);
    const response = await post("/v2/models/floats/infer", body, { ...own, ...headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(message) });
  });

  test.each([
    ["a text that is cut off", Buffer.from("\xff\0\0\0red", "latin1"), /cut off/],
    ["one text of two", Buffer.from("\x03\0\0\0red"), /2 elements/],
  ])("%s gets 400", async (_, bytes, message) => {
    const head = { inputs: [sized("x", "BYTES", [1, 2], bytes)] };
    const response = await post("/v2/models/texts/infer", ...binaryRequest(head, bytes));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(message) });
  });
});

describe("the champion's masks", () => {
  const [width, height] = [40, 30];
  /** Grey, with a red window at left 10, top 5 of 20x10 px. */
  const pixels = () =>
    Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      const isInside = x >= 10 && x < 30 && y >= 5 && y < 15;
      return isInside ? (i % 3 === 0 ? 255 : 0) : 128;
    });
  const image = { name: "image", datatype: "UINT8", shape: [height, width, 3] };

  test("pixels in, a mask of the same size out", async () => {
    const response = await post("/v2/models/segmentation/infer", {
      inputs: [{ ...image, data: [...pixels()] }],
    });
    const { model_version, outputs } = await outputsOf(response);
    const [mask, confidence, area, box] = outputs;
    expect(model_version).toBe("3");
    expect(mask).toMatchObject({ name: "mask", datatype: "UINT8", shape: [height, width] });
    expect(new Set(mask?.data)).toEqual(new Set([0, 255]));
    expect(mask?.data?.[10 * width + 20]).toBe(255);
    expect(mask?.data?.[10 * width + 5]).toBe(0);
    expect(area?.data).toEqual([mask?.data?.filter((value) => value === 255).length]);
    expect(Number(confidence?.data?.[0])).toBeGreaterThan(0.5);
    expect(box?.data).toHaveLength(4);
    const versioned = await post("/v2/models/segmentation/versions/3/infer", {
      inputs: [{ ...image, data: [...pixels()] }],
    });
    expect((await outputsOf(versioned)).outputs[2]).toEqual(area);
  });

  test("a file in, as bytes or as base64", async () => {
    const file = await redWindow({ orientation: 6 });
    const photo = { name: "photo", datatype: "BYTES", shape: [1] };
    const outputs = [{ name: "area_px" }];
    const text = await post("/v2/models/segmentation-photo/infer", {
      inputs: [{ ...photo, data: [Buffer.from(file).toString("base64")] }],
      outputs: [{ name: "mask", parameters: { binary_data: true } }, ...outputs],
    });
    const body = Buffer.from(await text.arrayBuffer());
    const length = Number(text.headers.get("inference-header-content-length"));
    const answer = InferAnswer.parse(JSON.parse(body.subarray(0, length).toString()));
    expect(answer.outputs[0]?.shape).toEqual([640, 480]);
    expect(body.subarray(length).filter((value) => value === 255).length).toBe(answer.outputs[1]?.data?.[0]);

    const bytes = toBinary([file]);
    const head = Buffer.from(
      JSON.stringify({ inputs: [{ ...photo, parameters: { binary_data_size: bytes.length } }], outputs }),
    );
    const binary = await post("/v2/models/segmentation-photo/infer", Buffer.concat([head, bytes]), {
      "Inference-Header-Content-Length": String(head.length),
    });
    expect((await outputsOf(binary)).outputs[0]?.data).toEqual(answer.outputs[1]?.data);
  });

  test.each([
    ["segmentation", { ...image, shape: [0, 40, 3], data: [] }, 400, /no pixels/],
    ["segmentation", { ...image, shape: [1, 1, 4], data: [1, 2, 3, 4] }, 400, /not UINT8 \[-1, -1, 3\]/],
    ["segmentation", { ...image, shape: [1, 1, 3], data: [1, 2, 256] }, 400, /from 0 to 255/],
    [
      "segmentation-photo",
      { name: "photo", datatype: "BYTES", shape: [1], data: ["just text!"] },
      415,
      /photo.unsupported/,
    ],
    [
      "segmentation-photo",
      { name: "photo", datatype: "BYTES", shape: [1], data: [""] },
      422,
      /photo.unreadable/,
    ],
  ])("%s refuses what is no photo: %j", async (model, input, status, message) => {
    const response = await post(`/v2/models/${model}/infer`, { inputs: [input] });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(message) });
  });

  test("a version that is loaded beside the champion answers by its number", async () => {
    const canary = await toyPredictor();
    onTestFinished(() => canary.close());
    const both = { champion: { number: 3, predictor }, canary: { number: 4, predictor: canary }, weight: 0 };
    const released = appWith(predictor, { models: () => both });
    const metadata = await (await released.request("/v2/models/segmentation")).json();
    expect(metadata.versions).toEqual(["3", "4"]);
    for (const [path, version] of [
      ["/versions/4", "4"],
      ["", "3"],
    ]) {
      const body = JSON.stringify({ inputs: [{ ...image, data: [...pixels()] }] });
      const response = await released.request(`/v2/models/segmentation${path}/infer`, {
        method: "POST",
        body,
      });
      expect((await outputsOf(response)).model_version).toBe(version);
    }
  });
});
