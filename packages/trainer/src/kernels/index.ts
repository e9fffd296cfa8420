import type { Tf } from "../backend";
import type { Kernels } from "./kernels";
import { nativeKernels } from "./native";
import { wasmKernels } from "./wasm";

export type { Handle, Kernels } from "./kernels";

/** The kernels of a backend. */
export const openKernels = (tf: Tf): Kernels =>
  tf.getBackend() === "tensorflow" ? nativeKernels(tf) : wasmKernels();
