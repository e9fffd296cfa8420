import { createRequire } from "node:module";
import { SluiceError } from "@sluice/core";
import { cpuLimit } from "./cpus";

/** The part of onnxruntime-node that is used here; the package is optional, so its types may be absent. */
export interface OrtTensor<Data = Float32Array> {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Data;
}
export interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  /** A name, or an empty one, stands for a side of any length. */
  readonly shape?: readonly (number | string)[];
}
/** @typeParam Data what tensors may hold */
export interface OrtSession<Data = Float32Array> {
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputMetadata: readonly ValueMetadata[];
  run(
    feeds: Record<string, OrtTensor<Data>>,
    fetches?: readonly string[],
  ): Promise<Record<string, OrtTensor<Data>>>;
  release(): Promise<void>;
}
/** Of one of our own networks: bytes in, probabilities out. */
export type NetworkSession = OrtSession<Uint8Array | Float32Array>;
interface Ort {
  InferenceSession: { create<Data>(model: Uint8Array, options: object): Promise<OrtSession<Data>> };
  Tensor: new <Data>(type: string, data: Data, dims: readonly number[]) => OrtTensor<Data>;
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

/** A session on the CPU. Rejects with what the runtime says. */
export const createSession = <Data>(model: Uint8Array, threads: number): Promise<OrtSession<Data>> =>
  onnxRuntime().InferenceSession.create<Data>(model, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
    // Threads that wait for the next operation by spinning take the other requests' time.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });

/** As `createSession`, of one of our own models. Throws `model.corrupt` naming the file, `host.backend_missing`. */
export async function openSession(model: Uint8Array, file: string, threads: number): Promise<NetworkSession> {
  onnxRuntime();
  return createSession<Uint8Array | Float32Array>(model, threads).catch((cause: Error) => {
    throw new SluiceError("model.corrupt", `${file} is no model that onnxruntime reads`, REPLACE, {
      cause,
    });
  });
}

export const REPLACE =
  "Put the file back from a backup, or go back to another model: sluice models rollback.";
