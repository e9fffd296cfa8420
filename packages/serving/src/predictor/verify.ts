import { Bundle, type Size, SluiceError, sha256 } from "@sluice/core";
import { parseJson } from "@sluice/core/json-blob";
import { type NetworkSession, REPLACE, type ValueMetadata } from "./runtime";

const corrupt = (message: string, cause?: unknown) =>
  new SluiceError("model.corrupt", message, REPLACE, { cause });

/** Throws `model.corrupt` naming the file. */
export function parseBundle(json: Uint8Array, file: string): Bundle.Bundle {
  const parsed = Bundle.Bundle.safeParse(parseJson(Buffer.from(json).toString("utf8")));
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw corrupt(`${file} does not describe a model: ${path.join(".") || "it"}: ${message}`, parsed.error);
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
export function verifyInterface({ inputMetadata, outputMetadata }: NetworkSession, file: string, size: Size) {
  const { width, height } = size;
  verifyValue(inputMetadata, "pixels", "uint8", [height, width, 3], `${file}: its input`);
  verifyValue(outputMetadata, "probabilities", "float32", [1, height, width], `${file}: its output`);
}

function verifyValue(
  values: readonly ValueMetadata[],
  name: string,
  type: string,
  expected: readonly number[],
  what: string,
) {
  const found = values.map((v) => `${v.name} ${v.type} [${v.shape?.join(", ")}]`).join("; ");
  const [value] = values;
  const fits =
    values.length === 1 &&
    value.name === name &&
    value.type === type &&
    value.shape?.length === 4 &&
    typeof value.shape[0] === "string" &&
    expected.every((side, i) => value.shape?.[i + 1] === side);
  if (!fits) throw corrupt(`${what} is ${found}, not ${name} ${type} [n, ${expected.join(", ")}]`);
}
