import { createHash } from "node:crypto";
import { Bundle, SluiceError } from "@sluice/core";
import { FETCH_AGAIN, type OrtSession, type ValueMetadata } from "./runtime";

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const corrupt = (message: string, cause?: unknown) =>
  new SluiceError("model.corrupt", message, FETCH_AGAIN, { cause });

/** Throws `model.corrupt` naming the file. */
export function parseBundle(json: Uint8Array, file: string): Bundle.Bundle {
  try {
    const bundle = Bundle.Bundle.parse(JSON.parse(Buffer.from(json).toString("utf8")));
    const strange = bundle.stages.find((stage) => !PLAIN_NAME.test(stage.file));
    if (strange) throw new RangeError(`${strange.file} is no plain file name`);
    return bundle;
  } catch (cause) {
    throw corrupt(`${file} does not describe a model`, cause);
  }
}

/** Files lie beside `model.json`; a bundle cannot point elsewhere. */
const PLAIN_NAME = /^\w[\w.-]*$/;

/** A stage's file, if it is the one that the bundle names. Throws `model.corrupt`. */
export function verifiedFile(
  { file, sha256: expected }: Bundle.Bundle["stages"][number],
  bytes: Uint8Array | undefined,
): Uint8Array {
  if (!bytes) throw corrupt(`${file} is missing from the bundle`);
  if (sha256(bytes) !== expected) throw corrupt(`${file} is not the file that ${Bundle.MODEL_JSON} names`);
  return bytes;
}

/** The ONNX file's input and output must be what `Bundle` says. Throws `model.corrupt`. */
export function verifyInterface({ inputMetadata, outputMetadata }: OrtSession, file: string, size: number) {
  verifyValue(inputMetadata, "photo", 3, `${file}: its input`, size);
  verifyValue(outputMetadata, "logits", 1, `${file}: its output`, size);
}

function verifyValue(
  values: readonly ValueMetadata[],
  name: string,
  channels: number,
  what: string,
  size: number,
) {
  const found = values.map((v) => `${v.name} ${v.type} [${v.shape?.join(", ")}]`).join("; ");
  const [value] = values;
  const expected = [channels, size, size];
  const fits =
    values.length === 1 &&
    value.name === name &&
    value.type === "float32" &&
    value.shape?.length === 4 &&
    typeof value.shape[0] === "string" &&
    expected.every((side, i) => value.shape?.[i + 1] === side);
  if (!fits) throw corrupt(`${what} is ${found}, not ${name} float32 [n, ${expected.join(", ")}]`);
}
