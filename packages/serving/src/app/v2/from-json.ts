import {
  type Datatype,
  elementCount,
  invalidTensor,
  packValues,
  shown,
  showShape,
  type Values,
} from "../../onnx/tensor";

const DEEPEST = 32;
type Check = (value: unknown) => boolean;

const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isNumber: Check = (value) => typeof value === "number";
const isText: Check = (value) => typeof value === "string";

/** What JSON may say for each datatype, and how that is called. */
const TAKEN: Record<Datatype, [check: Check, called: string]> = {
  BOOL: [(value) => typeof value === "boolean", "true or false"],
  UINT8: [whole(0, 255), "a whole number from 0 to 255"],
  UINT16: [whole(0, 65_535), "a whole number from 0 to 65535"],
  UINT32: [whole(0, 2 ** 32 - 1), "a whole number from 0 to 4294967295"],
  UINT64: [whole(0, Number.MAX_SAFE_INTEGER), "a whole number from 0 to 2^53 (beyond: as binary data)"],
  INT8: [whole(-128, 127), "a whole number from -128 to 127"],
  INT16: [whole(-32_768, 32_767), "a whole number from -32768 to 32767"],
  INT32: [whole(-(2 ** 31), 2 ** 31 - 1), "a whole number of 32 bits"],
  INT64: [
    whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    "a whole number within 2^53 (beyond: as binary data)",
  ],
  FP16: [() => false, "binary data: JSON has no FP16"],
  FP32: [isNumber, "a number"],
  FP64: [isNumber, "a number"],
  BYTES: [isText, "a text"],
};

/**
 * A tensor's values out of JSON, flat or nested as its shape is.
 *
 * Throws `input.tensor_invalid` naming the first value that does not fit.
 */
export function valuesFromJson(name: string, datatype: Datatype, shape: number[], data: unknown): Values {
  if (!Array.isArray(data)) throw invalidTensor(`Input ${shown(name)} has no data`, "Give a list.");
  const flat = flatten(name, data);
  if (flat.length !== elementCount(shape)) {
    const message = `Input ${shown(name)} has ${flat.length} values, but its shape ${showShape(shape)} is of ${elementCount(shape)}`;
    throw invalidTensor(message, "Give as many as the shape says.");
  }
  const [isTaken, called] = TAKEN[datatype];
  const wrong = flat.findIndex((value) => !isTaken(value));
  if (wrong >= 0) {
    const message = `Input ${shown(name)}: value ${wrong} is ${JSON.stringify(flat[wrong])?.slice(0, 40)}, not ${called}`;
    throw invalidTensor(message, `It is ${datatype}.`);
  }
  return packValues(datatype, flat);
}

function flatten(name: string, data: unknown[]): unknown[] {
  if (!data.some(Array.isArray)) return data;
  const flat: unknown[] = [];
  const visit = (list: unknown[], depth: number) => {
    if (depth > DEEPEST) throw invalidTensor(`Input ${shown(name)} is nested too deep`);
    for (const value of list) {
      if (Array.isArray(value)) visit(value, depth + 1);
      else flat.push(value);
    }
  };
  visit(data, 1);
  return flat;
}
