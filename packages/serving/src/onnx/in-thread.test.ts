import { Worker } from "node:worker_threads";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { libraryOf } from "../testing/library";
import { onnxThread } from "./in-thread";
import { type OnnxOpener, onnxHere } from "./session";
import type { Tensor } from "./tensor";
import { columns, failing, linear, square } from "./toy";

afterEach(() => vi.restoreAllMocks());

function opened(): OnnxOpener {
  const opener = onnxThread();
  onTestFinished(() => opener.close());
  return opener;
}
const row = (...values: number[]): Tensor => ({
  name: "X",
  datatype: "FP32",
  shape: [1, 3],
  values: Float32Array.from(values),
});

test("models in a thread say what they are, and answer, as in this one", async () => {
  const alcohol: Tensor = {
    name: "alcohol",
    datatype: "FP32",
    shape: [2, 1],
    values: Float32Array.of(9.5, 10),
  };
  const texts = ["red", "blå"].map((text) => new TextEncoder().encode(text));
  const colour: Tensor = { name: "colour", datatype: "BYTES", shape: [2, 1], values: texts };
  const answers = [opened(), onnxHere].map(async ({ open }) => {
    const [first, second] = await Promise.all([open(columns(), 1), open(linear({ bias: 7 }), 1)]);
    const { inputs, outputs, leftOut } = first;
    const tensors = [
      ...(await first.run([alcohol, colour], ["negative", "same"])),
      ...(await second.run([row(1, 0, 0)], ["y"])),
    ];
    await Promise.all([first.release(), second.release()]);
    const plain = tensors.map(({ values, ...rest }) => ({
      ...rest,
      values: Array.isArray(values)
        ? values.map((bytes) => Buffer.from(bytes).toString())
        : [...values].map(String),
    }));
    return { inputs, outputs, leftOut, plain };
  });
  const [inThread, here] = await Promise.all(answers);
  expect(inThread).toEqual(here);
  expect(here.plain.at(-1)?.values).toEqual(["9"]);
});

test("what the runtime refuses comes back as it was thrown", async () => {
  const { open } = opened();
  await expect(open(Buffer.from("no model"), 1)).rejects.toMatchObject({ code: "model.unsupported" });
  const model = await open(failing(), 1);
  const x: Tensor = { name: "x", datatype: "FP32", shape: [1, 3], values: new Float32Array(3) };
  await expect(model.run([x], ["y"])).rejects.toMatchObject({ code: "input.tensor_invalid" });
});

test("this thread goes on while a model takes its time", async () => {
  const model = await opened().open(square(), 1);
  const side = 1_500;
  const values = new Float32Array(side * side).fill(1);
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const [y] = await model.run([{ name: "x", datatype: "FP32", shape: [side, side], values }], ["y"]);
  clearInterval(counting);
  expect(y?.values[0]).toBe(side);
  expect(turns).toBeGreaterThan(20);
});

test("after its thread has died a model is opened in another", async () => {
  const opener = opened();
  const { library } = await libraryOf({ wine: linear({ bias: 3 }) }, { opener });
  const ask = () => library.use("wine", 1, async ({ model }) => (await model.run([row(0, 0, 0)], ["y"]))[0]);
  expect((await ask())?.values[0]).toBe(3);
  vi.spyOn(Worker.prototype, "postMessage").mockImplementationOnce(function (this: Worker) {
    void this.terminate();
  });
  await expect(ask()).rejects.toThrow("thread ended");
  expect((await ask())?.values[0]).toBe(3);
});
