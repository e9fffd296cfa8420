import { test } from "vitest";
import { describeKernels } from "../testing/describe-kernels";
import { nativeIsThere } from "../testing/native-is-there";

if (nativeIsThere) describeKernels("native");
else test.skip("native TensorFlow is not installed: its kernels are NOT checked", () => {});
