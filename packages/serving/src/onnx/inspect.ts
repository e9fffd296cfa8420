import { Imported, isSluiceError, SluiceError } from "@sluice/core";
import { type ModelProto, readModelProto } from "./model-proto";
import { type OnnxModel, openOnnx, unsupported } from "./session";
import { elementCount, emptyValues, type Tensor } from "./tensor";

export interface Inspected {
  signature: Imported.Signature;
  /** As the file's own metadata names them; null where it does not. */
  columns: string[] | null;
}

/** Rows of the trial: one alone does not tell which side of an answer grows with them. */
const ROWS = 2;
/** Of a side of any length that is none of rows. */
const SIDE = 64;

/**
 * Reads what an ONNX file takes and answers, loads it, and runs it once on zeros, so that what is registered can be
 * served.
 *
 * Throws `model.too_large`, `model.not_onnx`, `model.external_data`, `model.unsupported`, `host.backend_missing`.
 */
export async function inspect(file: Uint8Array): Promise<Inspected> {
  if (file.length > Imported.MAX_BYTES) throw Imported.tooLarge(file.length);
  const proto = readProto(file);
  if (proto.hasExternalData) throw externalData();
  const model = await openOnnx(file, 1);
  try {
    if (model.outputs.length === 0) {
      throw unsupported(
        `its answers are no tensors (${model.leftOut.join(", ")}). For skl2onnx: zipmap=False`,
      );
    }
    const { inputs, leftOut } = model;
    const { irVersion, opsets, producer } = proto;
    const outputs = await tryOut(model);
    return {
      signature: { inputs, outputs, leftOut, irVersion, opsets, producer },
      columns: columnsOf(proto),
    };
  } finally {
    await model.release();
  }
}

function readProto(file: Uint8Array): ModelProto {
  try {
    return readModelProto(file);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SluiceError(
      "model.not_onnx",
      `The file is no ONNX model: ${cause.message}`,
      "Export the model to ONNX; for scikit-learn: skl2onnx.to_onnx.",
      { cause },
    );
  }
}

const externalData = () =>
  new SluiceError(
    "model.external_data",
    "The model's weights lie in another file beside it",
    "Save it as one file: onnx.save(model, path, save_as_external_data=False).",
  );

/** @returns the outputs, those that the file gives no shape with the one that they had */
async function tryOut(model: OnnxModel): Promise<Imported.TensorSpec[]> {
  const { inputs, outputs } = model;
  const names = outputs.map(({ name }) => name);
  const answers = await model.run(inputs.map(zeros), names).catch((error: unknown) => {
    if (isSluiceError(error) && inputs.some(isOpen)) return [];
    throw unsupported(`it fails on zeros: ${(error as Error).message}`, error as Error);
  });
  return outputs.map((output, i) => {
    const seen = answers[i]?.shape;
    if (output.shape.length > 0 || !seen) return output;
    return { ...output, shape: seen.map((side, at) => (at === 0 && side === ROWS ? -1 : side)) };
  });
}

function zeros({ name, datatype, shape }: Imported.TensorSpec): Tensor {
  const sides = shape.map((side, at) => (side !== -1 ? side : at === 0 ? ROWS : SIDE));
  return { name, datatype, shape: sides, values: emptyValues(datatype, elementCount(sides)) };
}

/** Zeros may not be what it takes: its texts are names of something, or its sides depend on each other. */
const isOpen = ({ datatype, shape }: Imported.TensorSpec) =>
  datatype === "BYTES" || shape.slice(1).includes(-1);

/** The metadata `columns`, a JSON list. */
function columnsOf({ metadata }: ModelProto): string[] | null {
  try {
    const columns: unknown = JSON.parse(metadata.columns ?? "null");
    return Array.isArray(columns) && columns.every((name) => typeof name === "string") ? columns : null;
  } catch {
    return null;
  }
}
