import { createRequire } from "node:module";
import path from "node:path";
import type { Training } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import type { Tf } from "./tf";

export type { Tf } from "./tf";
export type BackendName = "native" | "wasm";
export interface Backend {
  tf: Tf;
  name: BackendName;
  /** Why native TensorFlow was not taken, where it was wished for. */
  fallbackReason: string | null;
}

// TensorFlow reads it once, while loading: its notes on CPU features are noise in a training's log.
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
// On by itself only on processors with AVX-512 VNNI; without it a step takes 1.6 times as long on an AVX2 one.
process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
// Keeps the prepared gradients of convolutions instead of preparing them anew in each step, a tenth of its time.
process.env.TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE ??= "false";

// createRequire, not import: tfjs-node is optional and throws while loading if its addon is missing.
const require = createRequire(import.meta.url);

/**
 * The tensor library: native TensorFlow if it loads, else WebAssembly (some three times slower). `auto` with
 * SLUICE_BACKEND=wasm is WebAssembly, as it was chosen for the installation.
 *
 * A process has one backend: ask for one only.
 *
 * @param threads that native TensorFlow may use; it reads them once
 * Throws `host.backend_missing`.
 */
export async function loadBackend(prefer: Training.Recipe["backend"], threads?: number): Promise<Backend> {
  if (threads) process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  const isWasmChosen = prefer === "auto" && process.env.SLUICE_BACKEND === "wasm";
  if (prefer === "wasm" || isWasmChosen) return { tf: await loadWasm(), name: "wasm", fallbackReason: null };
  try {
    return { tf: loadNative(), name: "native", fallbackReason: null };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    if (prefer === "native") {
      const hint = "Run npm run setup, or choose the backend auto or wasm.";
      throw new SluiceError("host.backend_missing", `Native TensorFlow does not load: ${reason}`, hint, {
        cause,
      });
    }
    return { tf: await loadWasm(), name: "wasm", fallbackReason: reason };
  }
}

function loadNative(): Tf {
  restoreUtil();
  const tf = require("@tensorflow/tfjs-node") as Tf;
  if (tf.getBackend() !== "tensorflow") throw new Error(`its backend is ${tf.getBackend()}`);
  return tf;
}

/** tfjs-node 4.22 calls two helpers of `util` that Node 22 warns of and Node 23 took out. */
function restoreUtil(): void {
  const util = require("node:util") as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

async function loadWasm(): Promise<Tf> {
  const tf = require("@tensorflow/tfjs") as Tf;
  const wasm = require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
  const folder = path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  wasm.setWasmPaths(path.join(folder, "wasm-out") + path.sep);
  if (!(await tf.setBackend("wasm"))) {
    throw new SluiceError(
      "host.backend_missing",
      "The wasm backend does not start",
      "Install it again: npm run setup.",
    );
  }
  await tf.ready();
  return tf;
}
