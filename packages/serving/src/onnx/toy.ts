/** ONNX files of a few hundred bytes for tests. */

import { bytes, FLOAT, floats, int, modelOf, node, type Options, value } from "./toy-graph";

const STRING = 8;

/** y = 2 a + 3 b + 5 c + 1, of X [n, 3]. */
export const linear = (options: Options & { bias?: number } = {}) =>
  modelOf(
    [
      node("MatMul", ["X", "w"], "product"),
      node("Add", ["product", "bias"], "y"),
      floats("w", [3, 1], [2, 3, 5]),
      floats("bias", [1], [options.bias ?? 1]),
      value(11, "X", FLOAT, ["n", 3]),
      value(12, "y", FLOAT, ["n", 1]),
    ],
    options,
  );

/** Two columns by their names, a number and a text, which are answered as they came. */
export const columns = () =>
  modelOf([
    node("Neg", ["alcohol"], "negative"),
    node("Identity", ["colour"], "same"),
    value(11, "alcohol", FLOAT, ["n", 1]),
    value(11, "colour", STRING, ["n", 1]),
    value(12, "negative", FLOAT, ["n", 1]),
    value(12, "same", STRING, ["n", 1]),
  ]);

/** y = op(x), any datatype of ONNX's TensorProto; the sides are [n, 2]. */
export const elementwise = (op: string, type: number, options: Options = {}) =>
  modelOf(
    [
      node(op, ["x"], "y", {}, options.domain),
      value(11, "x", type, ["n", 2]),
      value(12, "y", type, ["n", 2]),
    ],
    options,
  );

/** Its weights lie in another file. */
export const external = () =>
  modelOf([
    node("Add", ["x", "w"], "y"),
    floats("w", [2], [], bytes(13, bytes(1, "location"), bytes(2, "weights.bin")), int(14, 1)),
    value(11, "x", FLOAT, ["n", 2]),
    value(12, "y", FLOAT, ["n", 2]),
  ]);

/** y = x x, of x [n, n]: takes as long as one likes. */
export const square = () =>
  modelOf([
    node("MatMul", ["x", "x"], "y"),
    value(11, "x", FLOAT, ["n", "n"]),
    value(12, "y", FLOAT, ["n", "n"]),
  ]);

/** It takes any row, says its loader, but fails when it is run. */
export const failing = () =>
  modelOf([
    node("MatMul", ["x", "x"], "y"),
    value(11, "x", FLOAT, ["n", 3]),
    value(12, "y", FLOAT, ["n", "m"]),
  ]);
