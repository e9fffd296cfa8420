/** ONNX files of a few hundred bytes for tests, written by hand in protobuf's wire format. */

const FLOAT = 1;
const STRING = 8;

/** Field and length-delimited value: wire type 2. */
const bytes = (field: number, ...parts: (Uint8Array | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
};
/** Field and integer: wire type 0. */
const int = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)]);

function varint(value: number): Buffer {
  const out: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...out, rest]);
    out.push((rest & 127) | 128);
  }
}

const node = (op: string, inputs: string[], output: string, domain = "") =>
  bytes(1, ...inputs.map((i) => bytes(1, i)), bytes(2, output), bytes(4, op), bytes(7, domain));

/** @param dims a text stands for any length */
const value = (field: number, name: string, type: number, dims: (number | string)[]) => {
  const sides = dims.map((d) => bytes(1, typeof d === "string" ? bytes(2, d) : int(1, d)));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, int(1, type), bytes(2, ...sides))));
};

const floats = (name: string, dims: number[], values: number[], ...more: Buffer[]) =>
  bytes(
    5,
    ...dims.map((d) => int(1, d)),
    int(2, FLOAT),
    bytes(8, name),
    ...(more.length > 0 ? more : [bytes(9, Buffer.from(Float32Array.from(values).buffer))]),
  );

interface Options {
  irVersion?: number;
  opset?: number;
  /** A further operator set. */
  domain?: string;
  metadata?: Record<string, string>;
}

/** ONNX's ModelProto around the parts of a graph. */
export function modelOf(graph: Buffer[], options: Options = {}): Buffer {
  const { irVersion = 8, opset = 17, domain, metadata = {} } = options;
  return Buffer.concat([
    int(1, irVersion),
    bytes(2, "toy"),
    bytes(7, ...graph, bytes(2, "toy")),
    bytes(8, bytes(1, ""), int(2, opset)),
    ...(domain ? [bytes(8, bytes(1, domain), int(2, 1))] : []),
    ...Object.entries(metadata).map(([key, text]) => bytes(14, bytes(1, key), bytes(2, text))),
  ]);
}

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
    [node(op, ["x"], "y", options.domain), value(11, "x", type, ["n", 2]), value(12, "y", type, ["n", 2])],
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

/** It takes any row, says its loader, but fails when it is run. */
export const failing = () =>
  modelOf([
    node("MatMul", ["x", "x"], "y"),
    value(11, "x", FLOAT, ["n", 3]),
    value(12, "y", FLOAT, ["n", "m"]),
  ]);
