import { createRequire } from "node:module";
import { SluiceError } from "@sluice/core";
import { cpuLimit } from "./cpus";

/** The part of onnxruntime-node that is used here; the package is optional, so its types may be absent. */
interface OrtTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
export interface ValueMetadata {
  readonly name: string;
  readonly type?: string;
  /** A name stands for a dimension that may vary. */
  readonly shape?: readonly (number | string)[];
}
export interface OrtSession {
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputMetadata: readonly ValueMetadata[];
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}
interface Ort {
  InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  Tensor: new (type: "float32", data: Float32Array, dims: number[]) => OrtTensor;
}

/**
 * The published package reports to its maker, and leaves an identifier in the home, unless it is told not to before
 * the first session. Throws `host.backend_missing` where onnxruntime-node is not installed or does not load.
 */
export function onnxRuntime(): Ort {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  try {
    return createRequire(import.meta.url)("onnxruntime-node") as Ort;
  } catch (cause) {
    throw new SluiceError(
      "host.backend_missing",
      "onnxruntime-node does not load, so no model can predict",
      "Install it again: npm run setup.",
      { cause },
    );
  }
}

export const defaultThreads = () => Math.min(4, cpuLimit());

/** A session on the CPU. Throws `model.corrupt` naming the file. */
export async function openSession(model: Uint8Array, file: string, threads: number): Promise<OrtSession> {
  const { InferenceSession } = onnxRuntime();
  const options = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    // Threads that wait for the next operation by spinning take the other requests' time.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
  return InferenceSession.create(model, options).catch((cause: Error) => {
    throw new SluiceError("model.corrupt", `${file} is no model that onnxruntime reads`, REPLACE, {
      cause,
    });
  });
}

export const REPLACE =
  "Put the file back from a backup, or go back to another model: sluice models rollback.";
