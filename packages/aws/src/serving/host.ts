import { sha256 } from "@sluice/core/digest";
import { isSluiceError, SluiceError } from "@sluice/core/errors";
import type { Blobs, Commands, Documents, LoadedModels, Serving } from "@sluice/core/ports";
import * as Answer from "@sluice/core/serving-answer";
import { Look, type Pod, Predicted } from "../pods/answer";
import { askHost } from "./ask-host";
import { rollOuts, type Target } from "./roll-out";

/** A look takes about four seconds; the host may be slow. */
const LIMIT_MS = 30_000;
const PAUSE_MS = 500;
const HINT = "On the host: kubectl get pods -A.";

/**
 * Serving on the host's Kubernetes, beside the predict function: both follow the same release. A model is loaded once
 * every pod and the function have it, the metrics of all count, and photos go to the pods.
 *
 * @param beside the predict function; its address is the stage's
 * @param program how `sluice-pods` is called on the host
 */
export function hostServing(options: {
  commands: Commands;
  blobs: Blobs;
  documents: Documents;
  beside: Serving;
  target: Target;
  program?: string;
  limitMs?: number;
  pauseMs?: number;
}): Serving {
  const { blobs, beside, program = "sluice-pods", limitMs = LIMIT_MS, pauseMs = PAUSE_MS } = options;
  const questions = { ...options, program, limitMs, pauseMs };
  const rollOut = rollOuts({ ...options, program });

  async function look(): Promise<Pod[]> {
    const { pods } = await askHost("look", Look, questions);
    if (pods.length > 0) return pods;
    await rollOut.forget();
    throw new SluiceError("serving.unreachable", "No pod serves on the host", HINT);
  }

  async function loaded(): Promise<LoadedModels | undefined> {
    const [pods, function_] = await Promise.all([look().catch(orNone), beside.loaded()]);
    return together([...pods.map(({ ready }) => Answer.loadedModels(ready)), function_]);
  }

  return {
    async ensure() {
      const { url } = await beside.ensure();
      const pending = await rollOut.ensure();
      return { url, ...(pending && { pending }) };
    },

    loaded,

    readyVersion: async () => (await loaded())?.champion ?? undefined,

    async metrics() {
      const [pods, function_] = await Promise.all([look(), beside.metrics()]);
      const own = pods.flatMap(({ name, metrics }) =>
        metrics === null ? [] : [{ process: name, text: metrics }],
      );
      if (own.length === 0) throw new SluiceError("serving.unreachable", "No pod tells its metrics", HINT);
      return [...own, ...function_];
    },

    async predict(photo, { role } = {}) {
      const key = `commands/photos/${sha256(photo)}`;
      await blobs.put(key, photo, { ifAbsent: true });
      const line = `predict --photo ${key}${role ? ` --role ${role}` : ""}`;
      return Answer.predictionOf(await askHost(line, Predicted, questions), "the pods' /predict", HINT);
    },
  };
}

const orNone = (error: unknown): Pod[] => {
  if (isSluiceError(error) && error.code === "serving.unreachable") return [];
  throw error;
};

/** What all of them have loaded; what they differ in is on its way. One that has nothing yet: nothing. */
function together(all: (LoadedModels | undefined)[]): LoadedModels | undefined {
  const [first, ...others] = all;
  if (!first || others.length === 0 || others.some((other) => other === undefined)) return undefined;
  const same = (key: "champion" | "canary") =>
    others.every((other) => other?.[key] === first[key]) ? first[key] : null;
  const problem = all.find((one) => one?.problem)?.problem ?? null;
  return { champion: same("champion"), canary: same("canary"), weight: first.weight, problem };
}
