import { type Imported, parseJson, SluiceError } from "@sluice/core";
import { elementCount, invalidTensor, shown, type Tensor } from "../../onnx/tensor";
import { readBody, type Source, tooLarge } from "../body";
import type { Limits } from "../deps";
import type { Account } from "../uploads";
import { valuesFromBinary } from "./binary";
import { valuesFromJson } from "./from-json";
import { type Described, matchInputs, type Wanted } from "./match";
import { InferRequest } from "./schemas";

export const JSON_LENGTH = "Inference-Header-Content-Length";

/** What is wanted of a model, as it was asked. */
export interface Asked extends Wanted {
  id?: string;
  /** As the model takes them, in its order. */
  inputs: Tensor[];
}

/** Texts and files of a tensor: each takes far more memory than in the request, where it may have no byte at all. */
const MOST_TEXTS = 500_000;
const BYTES_OF_A_TEXT = 200;

/**
 * Reads a request of the Open Inference Protocol, its tensors in JSON or after it. What the model does not take is
 * refused before any value is read.
 *
 * @param specs what the model takes
 * Throws `usage.invalid`, `input.tensor_invalid`, `serving.body_too_large`, `serving.busy`.
 */
export async function readRequest(
  source: Source,
  limits: Limits,
  account: Account,
  specs: readonly Imported.TensorSpec[],
): Promise<Asked> {
  const { headers } = source.request;
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") throw malformed("the body is compressed", "Send it as it is.");
  const body = await readBody(source, limits.batchBytes, account);
  const jsonBytes = jsonLength(headers.get(JSON_LENGTH), body.length);
  // JSON takes many times its size in memory; binary data does not.
  if (jsonBytes > limits.bodyBytes) throw tooLarge("The request's JSON", limits.bodyBytes);
  const { id, parameters, inputs, outputs } = parse(body.subarray(0, jsonBytes));
  const isBinary = flag(parameters, "binary_data_output") ?? false;
  for (const input of matchInputs(inputs, specs)) payForTexts(input, account);
  return {
    ...(id !== undefined && { id }),
    inputs: matchInputs(readTensors(inputs, body.subarray(jsonBytes)), specs),
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

function payForTexts({ name, datatype, shape }: Described, account: Account): void {
  if (datatype !== "BYTES") return;
  const count = elementCount(shape);
  if (count > MOST_TEXTS) {
    throw invalidTensor(`Input ${shown(name)} has more than ${MOST_TEXTS} texts`, "Send fewer at once.");
  }
  account.take(count * BYTES_OF_A_TEXT);
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
