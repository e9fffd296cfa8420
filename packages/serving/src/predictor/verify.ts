import { Bundle, type Size, SluiceError, sha256 } from "@sluice/core";
import { type OrtSession, REPLACE, type ValueMetadata } from "./runtime";

const corrupt = (message: string, cause?: unknown) =>
  new SluiceError("model.corrupt", message, REPLACE, { cause });

/** Throws `model.corrupt` naming the file. */
export function parseBundle(json: Uint8Array, file: string): Bundle.Bundle {
  try {
    return Bundle.Bundle.parse(JSON.parse(Buffer.from(json).toString("utf8")));
  } catch (cause) {
    throw corrupt(`${file} does not describe a model`, cause);
  }
}

/** A stage's file, if it is the one that the bundle names. Throws `model.corrupt` naming `file`. */
export function verifiedFile(
  { sha256: expected }: Bundle.Bundle["stages"][number],
  bytes: Uint8Array | undefined,
  file: string,
): Uint8Array {
  if (!bytes) throw corrupt(`${file} is missing`);
  if (sha256(bytes) !== expected) throw corrupt(`${file} is not the file that ${Bundle.MODEL_JSON} names`);
  return bytes;
}

/** The ONNX file's input and output must be what `Bundle` says. Throws `model.corrupt`. */
export function verifyInterface({ inputMetadata, outputMetadata }: OrtSession, file: string, size: Size) {
  verifyValue(inputMetadata, "photo", 3, `${file}: its input`, size);
  verifyValue(outputMetadata, "logits", 1, `${file}: its output`, size);
}

function verifyValue(
  values: readonly ValueMetadata[],
  name: string,
  channels: number,
  what: string,
  { width, height }: Size,
) {
  const found = values.map((v) => `${v.name} ${v.type} [${v.shape?.join(", ")}]`).join("; ");
  const [value] = values;
  const expected = [channels, height, width];
  const fits =
    values.length === 1 &&
    value.name === name &&
    value.type === "float32" &&
    value.shape?.length === 4 &&
    typeof value.shape[0] === "string" &&
    expected.every((side, i) => value.shape?.[i + 1] === side);
  if (!fits) throw corrupt(`${what} is ${found}, not ${name} float32 [n, ${expected.join(", ")}]`);
}
