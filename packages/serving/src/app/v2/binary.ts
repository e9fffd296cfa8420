import {
  DATATYPES,
  type Datatype,
  elementCount,
  invalidTensor,
  shown,
  showShape,
  type Values,
} from "../../onnx/tensor";

/**
 * A tensor's values out of the binary tensor data extension: little-endian, row by row; each element of BYTES behind
 * its length, 4 bytes.
 *
 * Throws `input.tensor_invalid`.
 */
export function valuesFromBinary(
  name: string,
  datatype: Datatype,
  shape: number[],
  bytes: Uint8Array,
): Values {
  const count = elementCount(shape);
  if (datatype === "BYTES") return splitBytes(name, count, bytes);
  const { array } = DATATYPES[datatype];
  if (bytes.length !== count * array.BYTES_PER_ELEMENT) {
    const message = `Input ${shown(name)} has ${bytes.length} bytes, but ${datatype} ${showShape(shape)} takes ${count * array.BYTES_PER_ELEMENT}`;
    throw invalidTensor(message, "Give as many as shape and datatype say.");
  }
  // A copy: numbers must lie at multiples of their size.
  const values = new array(Uint8Array.from(bytes).buffer);
  if (datatype === "BOOL" && values.some((value) => Number(value) > 1)) {
    throw invalidTensor(`Input ${shown(name)} has bytes besides 0 and 1`, "It is BOOL.");
  }
  return values;
}

function splitBytes(name: string, count: number, bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length && elements.length <= count) {
    const length = bytes.length - at < 4 ? Number.POSITIVE_INFINITY : view.getUint32(at, true);
    if (length > bytes.length - at - 4)
      throw invalidTensor(`Input ${shown(name)} is cut off`, "It is BYTES.");
    elements.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (elements.length === count) return elements;
  throw invalidTensor(
    `Input ${shown(name)} does not have the ${count} elements of its shape`,
    "Each stands behind its length, 4 bytes, little-endian.",
  );
}

/** The same way back. */
export function toBinary(values: Values): Buffer {
  if (!Array.isArray(values)) return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat(
    values.flatMap((element) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(element.length);
      return [length, element];
    }),
  );
}
