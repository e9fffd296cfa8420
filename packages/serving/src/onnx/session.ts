import { type Imported, SluiceError } from "@sluice/core";
import { onnxRuntime } from "../predictor/runtime";
import { DATATYPES, datatypeOf, type Tensor, type Values } from "./tensor";

/** The part of onnxruntime-node that is used for models of any signature. */
interface OrtValue {
  type: string;
  dims: readonly number[];
  data: unknown;
}
interface OrtMetadata {
  name: string;
  isTensor: boolean;
  type?: string;
  /** A name, or an empty one, for a side of any length. */
  shape?: readonly (number | string)[];
}
interface Session {
  inputMetadata: readonly OrtMetadata[];
  outputMetadata: readonly OrtMetadata[];
  run(feeds: Record<string, OrtValue>, fetches: readonly string[]): Promise<Record<string, OrtValue>>;
  release(): Promise<void>;
}
interface Ort {
  InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtValue;
}

/** An ONNX file that answers tensors with tensors. */
export interface OnnxModel extends Pick<Imported.Signature, "inputs" | "outputs" | "leftOut"> {
  /** @param outputs the names of those wanted. Throws `input.tensor_invalid` with what the runtime says of them. */
  run(inputs: readonly Tensor[], outputs: readonly string[]): Promise<Tensor[]>;
  release(): Promise<void>;
}

/**
 * Loads an ONNX file that has been inspected: see `inspect`.
 *
 * Throws `model.unsupported` with what the runtime says, `host.backend_missing`.
 */
export async function openOnnx(file: Uint8Array, threads: number): Promise<OnnxModel> {
  const { InferenceSession, Tensor: OrtTensor } = onnxRuntime() as unknown as Ort;
  const options = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
  };
  const session = await InferenceSession.create(file, options).catch((cause: Error) => {
    throw unsupported(`onnxruntime does not load it: ${toLine(cause.message)}`, cause);
  });
  const { inputMetadata, outputMetadata } = session;
  const isServed = ({ isTensor, type }: OrtMetadata) => isTensor && datatypeOf(type) !== undefined;
  const strange = inputMetadata.find((input) => !isServed(input));
  if (strange) throw unsupported(`its input ${strange.name} is ${strange.type ?? "no tensor"}`);
  return {
    inputs: inputMetadata.map(toSpec),
    outputs: outputMetadata.filter(isServed).map(toSpec),
    leftOut: outputMetadata.filter((output) => !isServed(output)).map(({ name }) => name),
    async run(inputs, outputs) {
      const feeds = inputs.map(({ name, datatype, shape, values }) => {
        return [name, new OrtTensor(DATATYPES[datatype].ort, toOrt(values), shape)] as const;
      });
      const answer = await session.run(Object.fromEntries(feeds), outputs).catch((cause: Error) => {
        const message = `The model does not take these tensors: ${toLine(cause.message)}`;
        throw new SluiceError("input.tensor_invalid", message, "Look at their shapes.", { cause });
      });
      return outputs.map((name) => fromOrt(name, answer[name] as OrtValue));
    },
    release: () => session.release(),
  };
}

export const unsupported = (why: string, cause?: Error) =>
  new SluiceError(
    "model.unsupported",
    `The model cannot be served: ${why}`,
    "Export it again, for an operator set and with operators that onnxruntime has.",
    { cause },
  );

/** The runtime's words without where in its source they come from. */
const toLine = (message: string) =>
  message
    .replace(/\/onnxruntime_src\/.*?\) (?=[\w!])/gs, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 400);

const toSpec = ({ name, type, shape = [] }: OrtMetadata): Imported.TensorSpec => ({
  name,
  datatype: datatypeOf(type) as Tensor["datatype"],
  shape: shape.map((side) => (typeof side === "number" ? side : -1)),
});

function toOrt(values: Values): unknown {
  if (!Array.isArray(values)) return values;
  return values.map((bytes) => Buffer.from(bytes).toString("utf8"));
}

function fromOrt(name: string, { type, dims, data }: OrtValue): Tensor {
  const datatype = datatypeOf(type);
  if (!datatype) throw unsupported(`its output ${name} is ${type}`);
  const values =
    datatype === "BYTES" ? (data as string[]).map((text) => Buffer.from(text)) : (data as Values);
  return { name, datatype, shape: [...dims], values };
}
