import { type Imported, SluiceError } from "@sluice/core";
import { createSession, type OrtTensor, onnxRuntime, type ValueMetadata } from "../predictor/runtime";
import { DATATYPES, datatypeOf, type Tensor, type Values } from "./tensor";

/** An ONNX file that answers tensors with tensors. */
export interface OnnxModel extends Pick<Imported.Signature, "inputs" | "outputs" | "leftOut"> {
  /** @param outputs the names of those wanted. Throws `input.tensor_invalid` with what the runtime says of them. */
  run(inputs: readonly Tensor[], outputs: readonly string[]): Promise<Tensor[]>;
  /** Whether nobody can ask it any more, as after the thread that it was opened in has died. */
  isGone(): boolean;
  release(): Promise<void>;
}

/** Where models are opened. */
export interface OnnxOpener {
  /** As `openOnnx`. */
  open(file: Uint8Array, threads: number): Promise<OnnxModel>;
  /** After the models are released. */
  close(): Promise<void>;
}

/**
 * Loads an ONNX file that has been inspected: see `inspect`.
 *
 * Throws `model.unsupported` with what the runtime says, `host.backend_missing`.
 */
export async function openOnnx(file: Uint8Array, threads: number): Promise<OnnxModel> {
  const { Tensor: OrtTensor } = onnxRuntime();
  const session = await createSession<unknown>(file, threads).catch((cause: Error) => {
    throw unsupported(`onnxruntime does not load it: ${toLine(cause.message)}`, cause);
  });
  const { inputMetadata, outputMetadata } = session;
  const isServed = ({ isTensor, type }: ValueMetadata) => isTensor && datatypeOf(type) !== undefined;
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
      return outputs.map((name) => fromOrt(name, answer[name]));
    },
    isGone: () => false,
    release: () => session.release(),
  };
}

/** In this thread. */
export const onnxHere: OnnxOpener = { open: openOnnx, close: async () => {} };

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

const toSpec = ({ name, type, shape = [] }: ValueMetadata): Imported.TensorSpec => ({
  name,
  datatype: datatypeOf(type) as Tensor["datatype"],
  shape: shape.map((side) => (typeof side === "number" ? side : -1)),
});

function toOrt(values: Values): unknown {
  if (!Array.isArray(values)) return values;
  return values.map((bytes) => Buffer.from(bytes).toString("utf8"));
}

function fromOrt(name: string, { type, dims, data }: OrtTensor<unknown>): Tensor {
  const datatype = datatypeOf(type);
  if (!datatype) throw unsupported(`its output ${name} is ${type}`);
  const values =
    datatype === "BYTES" ? (data as string[]).map((text) => Buffer.from(text)) : (data as Values);
  return { name, datatype, shape: [...dims], values };
}
