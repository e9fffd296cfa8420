import { test } from "vitest";
import { describeGradients } from "../testing/describe-gradients";
import { nativeIsThere } from "../testing/native-is-there";

if (nativeIsThere) describeGradients("native");
else test.skip("native TensorFlow is not installed: its gradients are NOT checked", () => {});
