import { SluiceError } from "../errors";
import type { Signature } from "./signature";

/** How many columns a tabular model takes; -1 where the file does not say. */
export const columnCount = ({ inputs }: Signature): number =>
  inputs.length > 1 ? inputs.length : (inputs[0]?.shape[1] ?? -1);

/**
 * The names of a tabular model's columns, in order: those of its inputs, or for a matrix, whose columns have none in
 * the file, those given by whoever imports it. Null where nobody has named them: its rows are then lists.
 *
 * Throws `usage.invalid` for names that are not as many as the columns, are given twice, or are the file's own.
 */
export function columnNames(signature: Signature, given: string[] | null): string[] | null {
  const { inputs } = signature;
  if (inputs.length > 1) {
    if (given) throw invalid("The file names its columns itself", "Leave --columns out.");
    return inputs.map(({ name }) => name);
  }
  if (!given) return columnCount(signature) === 1 ? inputs.map(({ name }) => name) : null;
  const count = columnCount(signature);
  if (count !== -1 && count !== given.length) {
    throw invalid(`${given.length} columns are named, but the model takes ${count}`, "Name each, in order.");
  }
  const twice = given.find((name, i) => given.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(`Column ${JSON.stringify(twice)} is named twice`, "Name each once.");
  return given;
}

const invalid = (message: string, hint: string) => new SluiceError("usage.invalid", message, hint);
