import { expect } from "vitest";
import { columns, elementwise, linear } from "../../../onnx/toy";
import { appWith, toyPredictor } from "../../../testing";
import { libraryOf } from "../../../testing/library";
import { InferAnswer } from "../schemas";

const [FLOAT, INT64, BOOL, STRING, FLOAT16] = [1, 7, 9, 8, 10];

/** An app with a champion of number 3 and a library of toy models, and how it is asked. */
export async function v2Toys() {
  const predictor = await toyPredictor();
  const { library } = await libraryOf({
    wine: linear(),
    columns: columns(),
    floats: elementwise("Neg", FLOAT),
    longs: elementwise("Neg", INT64),
    flags: elementwise("Not", BOOL),
    texts: elementwise("Identity", STRING),
    halves: elementwise("Identity", FLOAT16),
  });
  const app = () => appWith(predictor, { library });
  return {
    predictor,
    library,
    app,
    get: async (path: string) => {
      const response = await app().request(path);
      return { status: response.status, body: await response.json() };
    },
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      app().request(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
      }),
    close: () => Promise.all([predictor.close(), library.close()]),
  };
}
export type V2Toys = Awaited<ReturnType<typeof v2Toys>>;

export const outputsOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return InferAnswer.parse(await response.json());
};

/** A request of one input, `x`. */
export const x = (datatype: string, shape: number[], data: unknown) => ({
  inputs: [{ name: "x", datatype, shape, data }],
});
