import { isSluiceError, SluiceError } from "@sluice/core";
import type { BundleFiles, PngPrediction, Prediction } from "../index";

/** What a thread is asked. Models are told apart by a number that the pool gives them. */
export type Question =
  | { ask: "load"; model: number; source: BundleFiles; threads: number }
  /** `alone`: no other photo is in work, so all CPUs may work on this one. */
  | { ask: "predict" | "predictPng"; model: number; photo: Uint8Array; name: string; alone: boolean }
  | { ask: "close"; model: number };

export type Answer = { id: number } & (
  | { outcome: "done"; prediction?: Answered }
  | { outcome: "failed"; failure: Failure }
);

/** By what was asked. */
export type Answered = Prediction | PngPrediction;

/** An error on its way between threads, which would lose its class. */
interface Failure {
  code?: SluiceError["code"];
  message: string;
  hint: string;
  stack?: string;
}

export function toFailure(error: unknown): Failure {
  if (isSluiceError(error)) return { code: error.code, message: error.message, hint: error.hint };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, hint: "", stack };
}

export function toError({ code, message, hint, stack }: Failure): Error {
  if (code) return new SluiceError(code, message, hint);
  return Object.assign(new Error(message), { stack });
}
