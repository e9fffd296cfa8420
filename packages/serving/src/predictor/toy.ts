import { Bundle, sha256, Training } from "@sluice/core";
import { FLOAT, floats, modelOf, node, UINT8, value } from "../onnx/toy-graph";

/**
 * A whole bundle of a few hundred bytes for tests: one 1x1 convolution that finds the red part of a photo,
 * logit = 8 * (red - green - blue) + bias, colours in 0..1. So serving's tests need neither a training nor the
 * exporter. With a bias of 20 it loads and answers, and finds the whole of every photo.
 */
export function toyBundle({ size = 32, bias = -2 } = {}): {
  bundle: Bundle.Bundle;
  files: Record<string, Uint8Array>;
} {
  const onnx = toyOnnx(size, bias);
  const bundle = Bundle.Bundle.parse({
    format: 3,
    task: "segmentation",
    preprocessing: { upright: true, fit: "fill" },
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

function toyOnnx(size: number, bias: number): Buffer {
  return modelOf([
    node("Transpose", ["pixels"], "planes", { perm: [0, 3, 1, 2] }),
    node("Cast", ["planes"], "photo", { to: FLOAT }),
    node("Conv", ["photo", "w", "b"], "logits"),
    node("Sigmoid", ["logits"], "probabilities"),
    floats(
      "w",
      [1, 3, 1, 1],
      [8, -8, -8].map((weight) => weight / 255),
    ),
    floats("b", [1], [bias]),
    value(11, "pixels", UINT8, ["n", size, size, 3]),
    value(12, "probabilities", FLOAT, ["n", 1, size, size]),
  ]);
}
