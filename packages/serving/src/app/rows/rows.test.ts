import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { ModelLibrary } from "../../onnx/library";
import { columns, elementwise, linear } from "../../onnx/toy";
import type { Predictor } from "../../predictor";
import { appWith, failureOf, raw, toyPredictor } from "../../testing";
import { libraryOf } from "../../testing/library";
import { RowsAnswer } from "./schemas";

let predictor: Predictor;
let named: ModelLibrary;
let unnamed: ModelLibrary;
beforeAll(async () => {
  predictor = await toyPredictor();
  const files = { wine: linear(), bottles: columns(), pair: elementwise("Neg", 1) };
  named = (await libraryOf({ wine: linear() }, { columns: ["alcohol", "ph", "sugar"] })).library;
  unnamed = (await libraryOf(files)).library;
});
afterAll(async () => {
  await Promise.all([predictor.close(), named.close(), unnamed.close()]);
});
const ask = (body: unknown, library = named) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return appWith(predictor, { library }).request("/predict", raw(text, "application/json; charset=utf-8"));
};
const answerOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return RowsAnswer.parse(await response.json());
};

test("rows by their columns' names, in any order, or as lists", async () => {
  const rows = [
    { sugar: 0, alcohol: 1, ph: 2 },
    { alcohol: 0, ph: 0, sugar: 0.5 },
  ];
  const answer = await answerOf(await ask({ model: "wine", rows }));
  expect(answer).toMatchObject({ model: "wine", model_version: 1, predictions: [9, 3.5] });
  expect(answer.outputs).toBeUndefined();
  const lists = await answerOf(await ask({ model: "wine", version: 1, rows: [[1, 2, 0]] }));
  expect(lists.predictions).toEqual([9]);
});

test("how long a client takes to send is no time of the model's", async () => {
  const now = performance.now.bind(performance);
  let sending = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + sending);
  onTestFinished(() => clock.mockRestore());
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sending = 3_600_000;
      controller.enqueue(Buffer.from('{"model": "wine", "rows": [[1, 2, 0]]}'));
      controller.close();
    },
  });
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", body, duplex: "half", headers } as RequestInit;
  const response = await appWith(predictor, { library: named }).request("/predict", init);
  expect((await answerOf(response)).timings_ms.total).toBeLessThan(3_000_000);
});

test("a model of named columns, one of texts: further outputs have their names", async () => {
  const rows = [
    { alcohol: 9.5, colour: "red" },
    { alcohol: 12, colour: "weiß" },
  ];
  expect(await answerOf(await ask({ model: "bottles", rows }, unnamed))).toMatchObject({
    predictions: [-9.5, -12],
    outputs: { same: ["red", "weiß"] },
  });
});

test("several values for a row are a list; what JSON has no number for is null", async () => {
  const answer = await answerOf(
    await ask(
      {
        model: "pair",
        rows: [
          [1, 2],
          [3, 1e300],
        ],
      },
      unnamed,
    ),
  );
  expect(answer.predictions).toEqual([
    [-1, -2],
    [-3, null],
  ]);
});

const row = { alcohol: 1, ph: 2, sugar: 3 };
test.each([
  ["a missing column", [row, { alcohol: 1, ph: 2 }], 'Row 1 has no "sugar"'],
  ["a column that is none", [{ ...row, colour: 1 }], 'Row 0 has "colour", which is no column'],
  ["a column of every object", [{ ...row, __proto__x: 1 }], 'Row 0 has "__proto__x", which is no column'],
  ["a text for a number", [{ ...row, ph: "3.1" }], 'Row 0: "ph" is "3.1", not a number'],
  ["a truth for a number", [{ ...row, ph: true }], 'Row 0: "ph" is true, not a number'],
  ["null", [{ ...row, ph: null }], 'Row 0 has no value for "ph"'],
  ["a list in a row", [[1, [2], 3]], 'Row 0: "ph" is [2], not a number'],
  ["a list too short", [[1, 2]], "Row 0 has 2 values; the model takes 3"],
  ["no row", [7], "Row 0 is no object and no list"],
])("%s gets 422 and is named", async (_, rows, message) => {
  expect(await failureOf(await ask({ model: "wine", rows }))).toMatchObject({
    status: 422,
    code: "input.row_invalid",
    message,
  });
});

test("names for columns that have none", async () => {
  expect(await failureOf(await ask({ model: "wine", rows: [row] }, unnamed))).toMatchObject({
    status: 422,
    code: "input.row_invalid",
    hint: expect.stringContaining("--columns"),
  });
});

test.each([
  ["no JSON", "{", 400, "usage.invalid"],
  ["no rows", { model: "wine", rows: [] }, 400, "usage.invalid"],
  ["no model", { rows: [row] }, 400, "usage.invalid"],
  ["too many rows", { model: "wine", rows: Array(10_001).fill([1, 2, 3]) }, 400, "usage.invalid"],
  ["a model that is not there", { model: "beer", rows: [row] }, 404, "model.not_found"],
  ["a version that is not there", { model: "wine", version: 2, rows: [row] }, 404, "model.not_found"],
  ["the champion", { model: "segmentation", rows: [row] }, 404, "model.not_found"],
])("%s", async (_, body, status, code) => {
  expect(await failureOf(await ask(body))).toMatchObject({ status, code });
});

test("too much JSON gets 413; photos go on to the photos' handler", async () => {
  const app = appWith(predictor, { library: named, limits: { bodyBytes: 50 } });
  const large = await app.request("/predict", raw(" ".repeat(51), "application/json"));
  expect(await failureOf(large)).toMatchObject({ status: 413 });
  const photo = await appWith(predictor, { library: named }).request("/predict", raw("just text"));
  expect(await failureOf(photo)).toMatchObject({ status: 415, code: "photo.unsupported" });
});
