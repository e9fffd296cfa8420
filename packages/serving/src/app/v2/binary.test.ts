import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toBinary } from "./binary";
import { InferAnswer } from "./schemas";
import { type V2Toys, v2Toys, x } from "./testing";

let toys: V2Toys;
beforeAll(async () => {
  toys = await v2Toys();
});
afterAll(() => toys.close());
const post: V2Toys["post"] = (...request) => toys.post(...request);

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
