import { Imported } from "@sluice/core";
import { expect, test } from "vitest";
import { inspect } from "./inspect";
import { columns, elementwise, external, failing, linear } from "./toy";
import { modelOf } from "./toy-graph";

const FLOAT = 1;

test("what a file takes and answers is read from it", async () => {
  const { signature, columns } = await inspect(linear({ metadata: { columns: '["a","b","c"]' } }));
  expect(signature).toEqual({
    inputs: [{ name: "X", datatype: "FP32", shape: [-1, 3] }],
    outputs: [{ name: "y", datatype: "FP32", shape: [-1, 1] }],
    leftOut: [],
    irVersion: 8,
    opsets: { "ai.onnx": 17 },
    producer: "toy",
  });
  expect(columns).toEqual(["a", "b", "c"]);
  expect(Imported.kindOf(signature)).toBe("tabular");
});

test("columns by name, one of them of texts", async () => {
  const { signature, columns: names } = await inspect(columns());
  expect(signature.inputs).toEqual([
    { name: "alcohol", datatype: "FP32", shape: [-1, 1] },
    { name: "colour", datatype: "BYTES", shape: [-1, 1] },
  ]);
  expect(names).toBeNull();
});

test.each([
  ["text", Buffer.from("hello, this is not onnx"), "model.not_onnx", /no ONNX model/],
  ["an empty file", Buffer.alloc(0), "model.not_onnx", /no graph/],
  ["half a file", linear().subarray(0, 90), "model.not_onnx", /cut off/],
  ["a model without a graph", Buffer.from([8, 8]), "model.not_onnx", /no graph/],
  ["weights in another file", external(), "model.external_data", /another file/],
  [
    "a format of the future",
    elementwise("Neg", FLOAT, { irVersion: 99 }),
    "model.unsupported",
    /IR version: 99/,
  ],
  ["operators of the future", elementwise("Neg", FLOAT, { opset: 99 }), "model.unsupported", /Opset 99/],
  ["an operator that is none", elementwise("Magic", FLOAT), "model.unsupported", /Magic/],
  [
    "somebody's own operator",
    elementwise("Magic", FLOAT, { domain: "com.acme" }),
    "model.unsupported",
    /com\.acme:Magic/,
  ],
  ["a type without a name in the protocol", elementwise("Neg", 16), "model.unsupported", /./],
  ["a graph that does not hold together", modelOf([]), "model.unsupported", /./],
  ["a model that fails on zeros", failing(), "model.unsupported", /fails on zeros/],
])("%s is refused", async (_, file, code, message) => {
  await expect(inspect(file)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test("more than 250 MB are refused before they are read", async () => {
  await expect(inspect(new Uint8Array(250_000_001))).rejects.toMatchObject({ code: "model.too_large" });
});

test("bytes that are cut off or changed anywhere end in an answer or a refusal, never in a crash", async () => {
  const whole = linear();
  for (let at = 1; at < whole.length; at += 7) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0x2a;
    for (const file of [whole.subarray(0, at), changed]) {
      const outcome = await inspect(file).then(
        () => "read",
        (error: { code?: string }) => error.code,
      );
      expect(["read", "model.not_onnx", "model.unsupported", "model.external_data"]).toContain(outcome);
    }
  }
});
