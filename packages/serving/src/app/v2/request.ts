import { type Imported, parseJson, SluiceError } from "@sluice/core";
import { invalidTensor, shown, showShape, type Tensor } from "../../onnx/tensor";
import { readBody, tooLarge } from "../body";
import type { Limits } from "../deps";
import type { Account } from "../uploads";
import { valuesFromBinary } from "./binary";
import { valuesFromJson } from "./from-json";
import { InferRequest } from "./schemas";

export const JSON_LENGTH = "Inference-Header-Content-Length";

/** What is wanted of a model, as it was asked. */
export interface Asked {
  id?: string;
  inputs: Tensor[];
  /** Undefined: all. */
  outputs?: { name: string; isBinary: boolean }[];
  /** Where an output does not say it itself. */
  isBinary: boolean;
}

/**
 * Reads a request of the Open Inference Protocol, its tensors in JSON or after it.
 *
 * Throws `usage.invalid`, `input.tensor_invalid`, `serving.body_too_large`, `serving.busy`.
 */
export async function readRequest(request: Request, limits: Limits, account: Account): Promise<Asked> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") throw malformed("the body is compressed", "Send it as it is.");
  const body = await readBody(request, limits.batchBytes, account);
  const jsonBytes = jsonLength(request.headers.get(JSON_LENGTH), body.length);
  // JSON takes many times its size in memory; binary data does not.
  if (jsonBytes > limits.bodyBytes) throw tooLarge("The request's JSON", limits.bodyBytes);
  const { id, parameters, inputs, outputs } = parse(body.subarray(0, jsonBytes));
  const isBinary = flag(parameters, "binary_data_output") ?? false;
  return {
    ...(id !== undefined && { id }),
    inputs: readTensors(inputs, body.subarray(jsonBytes)),
    ...(outputs && { outputs: outputs.map((output) => toWanted(output, isBinary)) }),
    isBinary,
  };
}

function jsonLength(header: string | null, bytes: number): number {
  if (header === null) return bytes;
  const length = /^\d{1,10}$/.test(header) ? Number(header) : Number.NaN;
  if (length <= bytes) return length;
  throw malformed(
    `${JSON_LENGTH} is ${shown(header)}, of a body of ${bytes} bytes`,
    "Give the JSON's bytes.",
  );
}

function parse(json: Buffer): InferRequest {
  const value = parseJson(json.toString("utf8"));
  if (value === undefined) throw malformed("the body is no JSON", "Tensors after it need the JSON's length.");
  const parsed = InferRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw malformed(faults.join("; "), "See /docs.");
}

const malformed = (why: string, hint: string) =>
  new SluiceError("usage.invalid", `The request cannot be read: ${why}`, hint);

function readTensors(inputs: InferRequest["inputs"], binary: Buffer): Tensor[] {
  let at = 0;
  const tensors = inputs.map(({ name, datatype, shape, parameters, data }): Tensor => {
    const size = parameters?.binary_data_size;
    if (parameters && "shared_memory_region" in parameters) {
      throw invalidTensor(`Input ${shown(name)} lies in shared memory`, "Send it in the request.");
    }
    if (size === undefined)
      return { name, datatype, shape, values: valuesFromJson(name, datatype, shape, data) };
    if (!Number.isInteger(size) || (size as number) < 0 || (size as number) > binary.length - at) {
      throw invalidTensor(
        `Input ${shown(name)}: the body has no ${shown(size)} bytes for it`,
        "See its size.",
      );
    }
    const bytes = binary.subarray(at, at + (size as number));
    at += bytes.length;
    return { name, datatype, shape, values: valuesFromBinary(name, datatype, shape, bytes) };
  });
  if (at === binary.length) return tensors;
  throw invalidTensor(
    `${binary.length - at} bytes after the JSON belong to no input`,
    "See binary_data_size.",
  );
}

function toWanted({ name, parameters }: { name: string; parameters?: Parameters }, isBinary: boolean) {
  if (parameters && ("classification" in parameters || "shared_memory_region" in parameters)) {
    const message = `Output ${shown(name)}: only its values are answered, in the answer itself`;
    throw invalidTensor(message, "Leave classification and shared memory out.");
  }
  return { name, isBinary: flag(parameters, "binary_data") ?? isBinary };
}
type Parameters = Record<string, unknown>;

const flag = (parameters: Parameters | undefined, name: string): boolean | undefined => {
  const value = parameters?.[name];
  return typeof value === "boolean" ? value : undefined;
};

/**
 * The tensors in the order of what the model takes: each once, of its type and shape.
 *
 * Throws `input.tensor_invalid`.
 */
export function matchInputs(tensors: readonly Tensor[], specs: readonly Imported.TensorSpec[]): Tensor[] {
  const names = specs.map(({ name }) => name);
  const strange = tensors.find(({ name }) => !names.includes(name));
  if (strange)
    throw invalidTensor(`There is no input ${shown(strange.name)}`, `What there is: ${list(names)}.`);
  return specs.map((spec) => {
    const [tensor, another] = tensors.filter(({ name }) => name === spec.name);
    if (!tensor) throw invalidTensor(`Input ${shown(spec.name)} is missing`);
    if (another) throw invalidTensor(`Input ${shown(spec.name)} is given twice`);
    if (tensor.datatype === spec.datatype && fits(tensor.shape, spec.shape)) return tensor;
    const found = `${tensor.datatype} ${showShape(tensor.shape)}`;
    throw invalidTensor(
      `Input ${shown(spec.name)} is ${found}, not ${spec.datatype} ${showShape(spec.shape)}`,
      "-1 stands for any length.",
    );
  });
}

/** A shape without sides is one that the file does not say. */
const fits = (shape: readonly number[], spec: readonly number[]) =>
  spec.length === 0 ||
  (shape.length === spec.length && spec.every((side, i) => side === -1 || side === shape[i]));

/** Throws `input.tensor_invalid` for an output that is none. */
export function wantedOutputs(
  { outputs, isBinary }: Pick<Asked, "outputs" | "isBinary">,
  specs: readonly Imported.TensorSpec[],
) {
  const names = specs.map(({ name }) => name);
  const strange = outputs?.find(({ name }) => !names.includes(name));
  if (strange)
    throw invalidTensor(`There is no output ${shown(strange.name)}`, `What there is: ${list(names)}.`);
  return outputs?.length ? outputs : names.map((name) => ({ name, isBinary }));
}

const list = (names: string[]) => names.slice(0, 20).join(", ") + (names.length > 20 ? ", …" : "");
