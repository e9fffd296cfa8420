import { createRequire } from "node:module";
import { test } from "vitest";
import { describeGradients } from "../testing/describe-gradients";

if (isThere("@tensorflow/tfjs-node")) describeGradients("native");
else test.skip("native TensorFlow is not installed: its gradients are NOT checked", () => {});

function isThere(name: string): boolean {
  try {
    createRequire(import.meta.url)(name);
    return true;
  } catch {
    return false;
  }
}
