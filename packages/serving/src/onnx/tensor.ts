import { type Imported, SluiceError } from "@sluice/core";

export type Datatype = Imported.Datatype;

/** By datatype: onnxruntime's name, and what holds the values; BYTES has nothing of a fixed size. */
export const DATATYPES = {
  BOOL: { ort: "bool", array: Uint8Array },
  UINT8: { ort: "uint8", array: Uint8Array },
  UINT16: { ort: "uint16", array: Uint16Array },
  UINT32: { ort: "uint32", array: Uint32Array },
  UINT64: { ort: "uint64", array: BigUint64Array },
  INT8: { ort: "int8", array: Int8Array },
  INT16: { ort: "int16", array: Int16Array },
  INT32: { ort: "int32", array: Int32Array },
  INT64: { ort: "int64", array: BigInt64Array },
  FP16: { ort: "float16", array: Uint16Array },
  FP32: { ort: "float32", array: Float32Array },
  FP64: { ort: "float64", array: Float64Array },
  BYTES: { ort: "string", array: undefined },
} as const satisfies Record<Datatype, { ort: string; array: unknown }>;

/** A tensor's values, flat; BYTES has an array of bytes for each element, BOOL 0 and 1, FP16 the bits. */
export type Values = InstanceType<NonNullable<(typeof DATATYPES)[Datatype]["array"]>> | Uint8Array[];

export interface Tensor {
  name: string;
  datatype: Datatype;
  shape: number[];
  values: Values;
}

/** Undefined: a type that the protocol has no name for. */
export const datatypeOf = (ort: string | undefined): Datatype | undefined =>
  (Object.keys(DATATYPES) as Datatype[]).find((datatype) => DATATYPES[datatype].ort === ort);

export const elementCount = (shape: readonly number[]) => shape.reduce((count, side) => count * side, 1);

/** A tensor of zeros, or of empty texts. */
export function emptyValues(datatype: Datatype, count: number): Values {
  const { array } = DATATYPES[datatype];
  return array ? new array(count) : Array.from({ length: count }, () => new Uint8Array());
}

/** @param plain values that JSON has: texts for BYTES, true and false for BOOL, else numbers; not FP16 */
export function packValues(datatype: Datatype, plain: readonly unknown[]): Values {
  if (datatype === "BYTES") return plain.map((text) => Buffer.from(text as string));
  if (datatype === "INT64") return BigInt64Array.from(plain as number[], BigInt);
  if (datatype === "UINT64") return BigUint64Array.from(plain as number[], BigInt);
  const values = new DATATYPES[datatype].array(plain.length);
  for (const [i, value] of plain.entries()) values[i] = Number(value);
  return values;
}

export const invalidTensor = (message: string, hint = "See what it takes: GET /v2/models/{name}.") =>
  new SluiceError("input.tensor_invalid", message, hint);

export const showShape = (shape: readonly number[]) => `[${shape.join(", ")}]`;

/** A client's name for something, safe to show. */
export const shown = (name: unknown) => JSON.stringify(String(name).slice(0, 80));
