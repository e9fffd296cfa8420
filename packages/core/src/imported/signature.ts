import * as z from "zod";

/** The Open Inference Protocol's names for what a tensor is made of; BYTES are texts or files. */
export const Datatype = z.enum([
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
]);
export type Datatype = z.infer<typeof Datatype>;

export const TensorSpec = z.object({
  name: z.string().min(1).max(1_000),
  datatype: Datatype,
  /** -1: any length. */
  shape: z.array(z.number().int().min(-1)).max(32),
});
export type TensorSpec = z.infer<typeof TensorSpec>;

/** What an ONNX file says it takes and answers. */
export const Signature = z.object({
  inputs: z.array(TensorSpec).min(1).max(2_000),
  outputs: z.array(TensorSpec).min(1).max(2_000),
  /** Outputs that are no tensors (a classifier's list of dictionaries), which are not served. */
  leftOut: z.array(z.string()),
  irVersion: z.number().int(),
  /** Operator sets by domain; that of ONNX itself is `ai.onnx`. */
  opsets: z.record(z.string(), z.number().int()),
  /** Who wrote the file, as `skl2onnx 1.19`. */
  producer: z.string(),
});
export type Signature = z.infer<typeof Signature>;

/**
 * What a model can be asked for besides its tensors: `tabular` takes rows (numbers or texts by column),
 * `segmentation` pictures, and answers a value for each pixel.
 */
export const Kind = z.enum(["tabular", "segmentation", "tensors"]);
export type Kind = z.infer<typeof Kind>;

/** Tells by the shapes alone. */
export function kindOf({ inputs, outputs }: Signature): Kind {
  const isTabular = inputs.every(isColumn) || (inputs.length === 1 && inputs.every(isMatrix));
  if (isTabular && outputs.every(isByRow)) return "tabular";
  const [picture, map] = [inputs[0]?.shape, outputs[0]?.shape];
  if (inputs.length !== 1 || picture?.length !== 4 || map?.length !== 4) return "tensors";
  const isSameSize = picture[2] === map[2] && picture[3] === map[3];
  return (picture[1] === 3 || picture[1] === 1) && isSameSize ? "segmentation" : "tensors";
}

/** One row after the other: [n], or [n, values]. */
const isByRow = ({ shape }: TensorSpec) => (shape.length === 1 || shape.length === 2) && shape[0] === -1;
/** [n, columns] of numbers. */
const isMatrix = ({ shape, datatype }: TensorSpec) =>
  shape.length === 2 && shape[0] === -1 && datatype !== "BYTES" && datatype !== "BOOL";
/** [n, 1]: a column by its own name. */
const isColumn = ({ shape }: TensorSpec) => shape.length === 2 && shape[0] === -1 && shape[1] === 1;
