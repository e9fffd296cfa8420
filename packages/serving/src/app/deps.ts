import { type Clock, Photo } from "@sluice/core";
import type { Registry } from "prom-client";
import type { ModelLibrary } from "../onnx/library";
import type { Predictor } from "../predictor";
import type { LogEntry } from "./log";

/** A model that answers requests. */
export interface LoadedModel {
  number: number;
  predictor: Predictor;
  /** Keeps the model open until the function it returns is called; a request holds it while it predicts. */
  hold?(): () => void;
}

/** Why a newer model does not serve. */
export interface ModelProblem {
  /** Null when it is not even known which model should serve. */
  model: number | null;
  code: string;
  message: string;
  hint: string;
}

/** What is said about the model besides the model itself. */
export interface ModelState {
  /** Why there is none yet, or what is under way. */
  reason: string;
  problem: ModelProblem | null;
}

export interface Limits {
  /** Bytes of one photo, and of a `/predict` body. */
  bodyBytes: number;
  /** Bytes of a `/batch-predict` body. */
  batchBytes: number;
  /** Photos in one `/batch-predict`. */
  batchPhotos: number;
  /** Bytes of all bodies that are being read or answered; further ones get 429. */
  uploadBytes: number;
  /** Requests that may predict at once; further ones wait. */
  atOnce: number;
  /** Requests that may predict or wait for it; further ones get 429. */
  inFlight: number;
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: Photo.MAX_BYTES,
  batchBytes: 60_000_000,
  batchPhotos: 256,
  uploadBytes: 200_000_000,
  atOnce: 4,
  inFlight: 64,
};

/** What is loaded and warmed, and what share of the requests the canary answers. */
export interface Models {
  champion?: LoadedModel;
  canary?: LoadedModel;
  /** 0..1 */
  weight: number;
}

export interface AppDeps {
  /** The champion. Asked anew by every request, so that a model can be swapped without a restart. */
  model(): LoadedModel | undefined;
  /** Champion, canary and weight, where there may be a canary; asked instead of `model`. See `choose`. */
  models?(): Models;
  state?(): ModelState;
  /** Models that were trained elsewhere; without it, there are none. */
  library?: ModelLibrary;
  limits?: Partial<Limits>;
  /** Where the metrics are registered; by default a registry of the app's own. */
  registry?: Registry;
  clock?: Clock;
  /** Gets one line for each unexpected error. */
  log?(line: string): void;
  /** Gets an entry for each request, once it is answered. */
  logger?(entry: LogEntry): void;
  /** Whether the server stops: it answers what is under way, and is not ready for more. */
  isStopping?(): boolean;
  /** Whose scripts may use the API besides this server's own pages: `https://app.example`, or `*`. */
  origins?: readonly string[];
}

/** What `choose` chooses from. */
export const modelsOf = (deps: Pick<AppDeps, "model" | "models">): Models =>
  deps.models?.() ?? { champion: deps.model(), weight: 0 };
