import { type Blobs, Bundle, type Clock, isSluiceError } from "@sluice/core";
import type { ModelProblem, ModelState } from "../app/deps";
import { loadPredictorFromBlobs, type Predictor } from "../predictor";
import { type Held, held } from "./held";

export type FollowEvent =
  | { kind: "loaded"; model: number; ms: number }
  /** `retryInMs` is null where nothing is tried again. */
  | { kind: "failed"; problem: ModelProblem; retryInMs: number | null };

export interface SwapOptions {
  /** Bounds of the growing pause before a model that failed is tried again. */
  retryMs?: { first: number; most: number };
  load?(prefix: string, world: { blobs: Blobs }): Promise<Predictor>;
  report?(event: FollowEvent): void;
}

interface Failed {
  model: number;
  problem: ModelProblem;
  times: number;
  retryAt: number;
}

/** Holds the model that serves, and replaces it only by one that is loaded and warmed. */
export function createSwapper(world: { blobs: Blobs; clock: Clock }, options: SwapOptions) {
  const {
    load = loadPredictorFromBlobs,
    report = () => {},
    retryMs = { first: 1_000, most: 60_000 },
  } = options;
  let serving: Held | undefined;
  let loading: number | undefined;
  let failed: Failed | undefined;
  let unread: ModelProblem | undefined;
  let reason = "No model has been released yet";
  const retiring = new Set<Promise<void>>();

  const retire = (old: Held | undefined) => {
    if (!old) return;
    const done = old
      .retire()
      .catch((error: unknown) =>
        report({ kind: "failed", problem: toProblem(old.number, error), retryInMs: null }),
      )
      .finally(() => retiring.delete(done));
    retiring.add(done);
  };

  const swap = async (number: number) => {
    const started = performance.now();
    loading = number;
    try {
      const predictor = await warm(await load(Bundle.modelPrefix(number), world));
      const old = serving;
      serving = held(number, predictor);
      failed = undefined;
      retire(old);
      report({ kind: "loaded", model: number, ms: performance.now() - started });
    } catch (error) {
      const times = failed?.model === number ? failed.times + 1 : 1;
      const retryInMs = Math.min(retryMs.most, retryMs.first * 2 ** (times - 1));
      const problem = toProblem(number, error);
      failed = { model: number, problem, times, retryAt: world.clock.now() + retryInMs };
      report({ kind: "failed", problem, retryInMs });
    } finally {
      loading = undefined;
    }
  };

  return {
    model: () => serving,
    state: (): ModelState => {
      const problem = unread ?? failed?.problem ?? null;
      if (loading !== undefined) return { reason: `Model ${loading} is being loaded`, problem };
      return { reason: problem?.message ?? reason, problem };
    },
    /** Null: the release says that no model serves. */
    async moveTo(number: number | null) {
      unread = undefined;
      if (failed?.model !== number) failed = undefined;
      if (number === null) {
        reason = "The release says that no model serves";
        retire(serving);
        serving = undefined;
        return;
      }
      if (serving?.number === number) return;
      if (!failed || world.clock.now() >= failed.retryAt) await swap(number);
    },
    /** The release cannot be read: what serves goes on. Reported once, not at every look. */
    cannotRead(error: unknown, retryInMs: number) {
      const problem = toProblem(null, error);
      if (unread?.message !== problem.message) report({ kind: "failed", problem, retryInMs });
      unread = problem;
    },
    async close() {
      retire(serving);
      serving = undefined;
      reason = "The server is stopping";
      await Promise.all(retiring);
    },
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

function toProblem(model: number | null, error: unknown): ModelProblem {
  if (isSluiceError(error)) return { model, code: error.code, message: error.message, hint: error.hint };
  const what = model === null ? "The release cannot be read" : `Model ${model} cannot be loaded`;
  const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  return { model, code: "internal", message, hint: "The server's log says more." };
}
