import { sha256 } from "@sluice/core/digest";
import { isSluiceError, SluiceError } from "@sluice/core/errors";
import type {
  AskedPhoto,
  Blobs,
  Commands,
  Documents,
  LoadedModels,
  ServedPrediction,
  Serving,
} from "@sluice/core/ports";
import * as Answer from "@sluice/core/serving-answer";
import { type Answered, Look, type Pod, Predicted, photoKey } from "../pods/answer";
import { askHost } from "./ask-host";
import { rollOuts, type Target } from "./roll-out";

/** A look takes about four seconds; the host may be slow. */
const LIMIT_MS = 30_000;
/** Photos take a minute together at most, and the last of them twenty seconds more. */
const ALL_LIMIT_MS = 100_000;
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
  const allLimitMs = options.limitMs ?? ALL_LIMIT_MS;
  const questions = { ...options, program, limitMs, pauseMs };
  const rollOut = rollOuts({ ...options, program });

  async function look(): Promise<Pod[]> {
    const { pods } = await askHost("look", Look, questions);
    if (pods.length > 0) return pods;
    await rollOut.forget();
    throw unreachable("No pod serves on the host");
  }

  async function loaded(): Promise<LoadedModels | undefined> {
    const [pods, function_] = await Promise.all([look().catch(orNone), beside.loaded()]);
    return together([...pods.map(({ ready }) => Answer.loadedModels(ready)), function_]);
  }

  async function predictAll(asked: AskedPhoto[]): Promise<(ServedPrediction | Error)[]> {
    const named = asked.map(({ photo, role }) => ({ photo, digest: sha256(photo), role: role ?? "any" }));
    for (const [digest, photo] of new Map(named.map(({ digest, photo }) => [digest, photo])))
      await blobs.put(photoKey(digest), photo, { ifAbsent: true });
    const line = ["predict", ...named.map(({ digest, role }) => `${role}:${digest}`)].join(" ");
    const { answers } = await askHost(line, Predicted, { ...questions, limitMs: allLimitMs });
    return answers.map(toPrediction);
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
      if (own.length === 0) throw unreachable("No pod tells its metrics");
      return [...own, ...function_];
    },

    async predict(photo, { role } = {}) {
      const [answer] = await predictAll([{ photo, role }]);
      if (answer === undefined || answer instanceof Error) throw answer ?? unreachable("Nobody answers");
      return answer;
    },

    predictAll,
  };
}

function toPrediction({ status, body }: Answered): ServedPrediction | Error {
  try {
    return Answer.predictionOf({ status, body }, "the pods' /predict", HINT);
  } catch (error) {
    return error as Error;
  }
}

const unreachable = (message: string) => new SluiceError("serving.unreachable", message, HINT);

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
