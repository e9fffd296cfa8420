import type { Imported } from "@sluice/core";
import { invalidTensor, shown, showShape, type Tensor } from "../../onnx/tensor";

/** A tensor without its values. */
export type Described = Pick<Tensor, "name" | "datatype" | "shape">;

/**
 * The tensors in the order of what the model takes: each once, of its type and shape.
 *
 * Throws `input.tensor_invalid`.
 */
export function matchInputs<T extends Described>(
  tensors: readonly T[],
  specs: readonly Imported.TensorSpec[],
): T[] {
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

/** The outputs that are wanted. */
export interface Wanted {
  /** Undefined: all. */
  outputs?: { name: string; isBinary: boolean }[];
  /** Where an output does not say it itself. */
  isBinary: boolean;
}

/** Throws `input.tensor_invalid` for an output that is none, or is asked for twice: its values would be, too. */
export function wantedOutputs({ outputs, isBinary }: Wanted, specs: readonly Imported.TensorSpec[]) {
  const names = specs.map(({ name }) => name);
  const strange = outputs?.find(({ name }) => !names.includes(name));
  if (strange)
    throw invalidTensor(`There is no output ${shown(strange.name)}`, `What there is: ${list(names)}.`);
  const twice = outputs?.find(({ name }, i) => outputs.findIndex((other) => other.name === name) !== i);
  if (twice) throw invalidTensor(`Output ${shown(twice.name)} is asked for twice`, "Ask once.");
  return outputs?.length ? outputs : names.map((name) => ({ name, isBinary }));
}

const list = (names: string[]) => names.slice(0, 20).join(", ") + (names.length > 20 ? ", …" : "");
