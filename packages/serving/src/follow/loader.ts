import { type Blobs, Bundle, type Clock, isSluiceError } from "@sluice/core";
import type { ModelProblem } from "../app/deps";
import { loadPredictorFromBlobs, type Predictor } from "../predictor";
import { type Held, held } from "./held";

export type FollowEvent =
  | { kind: "loaded"; model: number; ms: number }
  /** `retryInMs` is null where nothing is tried again. */
  | { kind: "failed"; problem: ModelProblem; retryInMs: number | null };

export interface LoadOptions {
  /** Bounds of the growing pause before a model that failed is tried again. */
  retryMs?: { first: number; most: number };
  load?(prefix: string, world: { blobs: Blobs }): Promise<Predictor>;
  report?(event: FollowEvent): void;
}

interface Failed {
  problem: ModelProblem;
  times: number;
  retryAt: number;
}

/** The models that are open, by number: loaded and warmed, or why they are not. */
export function createLoader(world: { blobs: Blobs; clock: Clock }, options: LoadOptions) {
  const {
    load = loadPredictorFromBlobs,
    report = () => {},
    retryMs = { first: 1_000, most: 60_000 },
  } = options;
  const open = new Map<number, Held>();
  const failed = new Map<number, Failed>();
  const retiring = new Set<Promise<void>>();
  let loading: number | undefined;

  const tryToLoad = async (number: number) => {
    const started = performance.now();
    loading = number;
    try {
      const predictor = await warm(await load(Bundle.modelPrefix(number), world));
      open.set(number, held(number, predictor));
      failed.delete(number);
      report({ kind: "loaded", model: number, ms: performance.now() - started });
    } catch (error) {
      const times = (failed.get(number)?.times ?? 0) + 1;
      const retryInMs = Math.min(retryMs.most, retryMs.first * 2 ** (times - 1));
      const problem = toProblem(number, error);
      failed.set(number, { problem, times, retryAt: world.clock.now() + retryInMs });
      report({ kind: "failed", problem, retryInMs });
    } finally {
      loading = undefined;
    }
  };

  const retire = (old: Held) => {
    open.delete(old.number);
    const done = old
      .retire()
      .catch((error: unknown) =>
        report({ kind: "failed", problem: toProblem(old.number, error), retryInMs: null }),
      )
      .finally(() => retiring.delete(done));
    retiring.add(done);
  };

  return {
    loading: () => loading,
    problem: (number: number) => failed.get(number)?.problem,
    /** The model, loaded if it is not; undefined where it fails. One that failed is tried again after its pause. */
    async get(number: number): Promise<Held | undefined> {
      const pause = failed.get(number);
      if (!open.has(number) && (!pause || world.clock.now() >= pause.retryAt)) await tryToLoad(number);
      return open.get(number);
    },
    /** Closes every other one once its requests are done, and forgets why others failed. */
    keepOnly(wanted: readonly Held[], numbers: readonly number[]) {
      for (const model of [...open.values()]) if (!wanted.includes(model)) retire(model);
      for (const number of [...failed.keys()]) if (!numbers.includes(number)) failed.delete(number);
    },
    /** Resolves once all that were given up are closed. */
    closed: async () => void (await Promise.all(retiring)),
  };
}

async function warm(predictor: Predictor): Promise<Predictor> {
  try {
    await predictor.warmUp();
    return predictor;
  } catch (error) {
    await predictor.close();
    throw error;
  }
}

export function toProblem(model: number | null, error: unknown): ModelProblem {
  if (isSluiceError(error)) return { model, code: error.code, message: error.message, hint: error.hint };
  const what = model === null ? "The release cannot be read" : `Model ${model} cannot be loaded`;
  const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  return { model, code: "internal", message, hint: "The server's log says more." };
}
