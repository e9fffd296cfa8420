import { invalidTensor, type Tensor, type Values } from "../../onnx/tensor";
import type { AppContext } from "../context";
import { toBinary } from "./binary";
import { JSON_LENGTH } from "./request";

/** More than so many values are answered as binary data only: as JSON they would take seconds and gigabytes. */
const MOST_IN_JSON = 2_000_000;

/** Whose answer it is. */
export interface Answering {
  name: string;
  version: number;
  id?: string;
}

/** The answer to an inference, its tensors in JSON or after it. Throws `input.tensor_invalid` for what JSON has not. */
export function answerInference(
  c: AppContext,
  { name, version, id }: Answering,
  outputs: readonly (Tensor & { isBinary: boolean })[],
): Response {
  const binary: Buffer[] = [];
  const described = outputs.map(({ name, datatype, shape, values, isBinary }) => {
    const head = JSON.stringify({ name, datatype, shape }).slice(0, -1);
    if (!isBinary) return `${head},"data":${toJson(name, datatype, values)}}`;
    const bytes = toBinary(values);
    binary.push(bytes);
    return `${head},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  const head = JSON.stringify({ model_name: name, model_version: String(version), id }).slice(0, -1);
  const json = `${head},"outputs":[${described.join(",")}]}`;
  if (binary.length === 0) return c.body(json, 200, { "Content-Type": "application/json" });
  const bytes = Buffer.from(json);
  c.header(JSON_LENGTH, String(bytes.length));
  c.header("Content-Type", "application/octet-stream");
  return c.body(new Uint8Array(Buffer.concat([bytes, ...binary])));
}

/** Written by hand, for JSON.stringify has no whole numbers beyond 2^53, and NaN and infinity are null in it. */
function toJson(name: string, datatype: Tensor["datatype"], values: Values): string {
  if (datatype === "FP16" || values.length > MOST_IN_JSON) {
    const why = datatype === "FP16" ? "is FP16" : `has ${values.length} values`;
    throw invalidTensor(`Output ${name} ${why}, which JSON is not for`, "Ask for it with binary_data: true.");
  }
  if (Array.isArray(values))
    return JSON.stringify(values.map((bytes) => Buffer.from(bytes).toString("utf8")));
  if (datatype === "BOOL") return JSON.stringify(Array.from(values, Boolean));
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return `[${values.join(",")}]`;
  return JSON.stringify(Array.from(values));
}
