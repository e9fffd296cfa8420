import { Bundle, sha256, Training } from "@sluice/core";

/**
 * A whole bundle of a few hundred bytes for tests: one 1x1 convolution that finds the red part of a photo,
 * logit = 8 * (red - green - blue) - 2. Written by hand in protobuf's wire format, so that serving's tests need
 * neither a training nor the exporter.
 */
export function toyBundle(size = 32): { bundle: Bundle.Bundle; files: Record<string, Uint8Array> } {
  const onnx = toyOnnx(size);
  const bundle = Bundle.Bundle.parse({
    format: 2,
    task: "segmentation",
    preprocessing: { upright: true, fit: "fill", scale: "0..1" },
    threshold: 0.5,
    stages: [
      {
        role: "segmenter",
        file: "model.onnx",
        sha256: sha256(onnx),
        bytes: onnx.length,
        width: size,
        height: size,
      },
    ],
    datasetVersion: "0".repeat(64),
    runId: "toy-1",
    codeCommit: "toy",
    recipe: Training.Recipe.parse({ size, patch: 1 }),
    trainedAt: "2026-01-01T00:00:00.000Z",
  });
  return { bundle, files: { "model.onnx": onnx, [Bundle.MODEL_JSON]: Buffer.from(JSON.stringify(bundle)) } };
}

/** Field and length-delimited value: wire type 2. */
const bytes = (field: number, ...parts: (Uint8Array | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
};
/** Field and integer: wire type 0. */
const int = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)]);

function varint(value: number): Buffer {
  const out: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...out, rest]);
    out.push((rest & 127) | 128);
  }
}

const FLOAT = 1;
const tensor = (name: string, dims: number[], values: number[]) =>
  bytes(
    5,
    ...dims.map((d) => int(1, d)),
    int(2, FLOAT),
    bytes(8, name),
    bytes(9, Buffer.from(Float32Array.from(values).buffer)),
  );
const value = (field: number, name: string, channels: number, size: number) => {
  const dims = [bytes(1, bytes(2, "n")), ...[channels, size, size].map((d) => bytes(1, int(1, d)))];
  return bytes(field, bytes(1, name), bytes(2, bytes(1, int(1, FLOAT), bytes(2, ...dims))));
};

/** ONNX's ModelProto: IR version 8, opset 17. */
function toyOnnx(size: number): Buffer {
  const node = bytes(1, ...["photo", "w", "b"].map((i) => bytes(1, i)), bytes(2, "logits"), bytes(4, "Conv"));
  const weights = [tensor("w", [1, 3, 1, 1], [8, -8, -8]), tensor("b", [1], [-2])];
  const graph = [
    node,
    bytes(2, "toy"),
    ...weights,
    value(11, "photo", 3, size),
    value(12, "logits", 1, size),
  ];
  return Buffer.concat([int(1, 8), bytes(7, ...graph), bytes(8, bytes(1, ""), int(2, 17))]);
}
