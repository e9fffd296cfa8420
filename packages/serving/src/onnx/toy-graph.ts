/** The parts of small ONNX files for tests, written by hand in protobuf's wire format. */

export const FLOAT = 1;
export const UINT8 = 2;

/** Field and length-delimited value: wire type 2. */
export const bytes = (field: number, ...parts: (Uint8Array | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
};
/** Field and integer: wire type 0. */
export const int = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)]);

function varint(value: number): Buffer {
  const out: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...out, rest]);
    out.push((rest & 127) | 128);
  }
}

export function node(
  op: string,
  inputs: string[],
  output: string,
  attributes: Record<string, number | number[]> = {},
  domain = "",
) {
  const given = Object.entries(attributes).map(([name, value]) =>
    Array.isArray(value)
      ? bytes(5, bytes(1, name), ...value.map((v) => int(8, v)), int(20, 7))
      : bytes(5, bytes(1, name), int(3, value), int(20, 2)),
  );
  return bytes(
    1,
    ...inputs.map((i) => bytes(1, i)),
    bytes(2, output),
    bytes(4, op),
    ...given,
    bytes(7, domain),
  );
}

/** @param dims a text stands for any length */
export const value = (field: number, name: string, type: number, dims: (number | string)[]) => {
  const sides = dims.map((d) => bytes(1, typeof d === "string" ? bytes(2, d) : int(1, d)));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, int(1, type), bytes(2, ...sides))));
};

export const floats = (name: string, dims: number[], values: number[], ...more: Buffer[]) =>
  bytes(
    5,
    ...dims.map((d) => int(1, d)),
    int(2, FLOAT),
    bytes(8, name),
    ...(more.length > 0 ? more : [bytes(9, Buffer.from(Float32Array.from(values).buffer))]),
  );

export interface Options {
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
