import type { BundleFiles, PngPrediction, Prediction } from "../index";

/** What a thread is asked. Models are told apart by a number that the pool gives them. */
export type Question =
  | { ask: "load"; model: number; source: BundleFiles; threads: number }
  /** `alone`: no other photo is in work, so all CPUs may work on this one. */
  | { ask: "predict" | "predictPng"; model: number; photo: Uint8Array; name: string; alone: boolean }
  | { ask: "close"; model: number };

/** What it answers, of a photo by how it was asked. */
export type Answered = Prediction | PngPrediction | undefined;
