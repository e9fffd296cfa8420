import type { LoadedModels, Release, ServedPrediction } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import * as Answer from "@sluice/core/serving-answer";

const LOOK_LIMIT_MS = 2_000;
const PREDICT_LIMIT_MS = 60_000;

export const isHealthy = async (url: string): Promise<boolean> =>
  Answer.isHealthy(await look(`${url}/health`));

/** The number of the model that is loaded and warmed. Undefined: none is, or nobody answers. */
export const loadedModel = async (url: string): Promise<number | undefined> =>
  Answer.loadedModel(await look(`${url}/ready`));

/** Champion and canary, as far as they are loaded. */
export const loadedModels = async (url: string): Promise<LoadedModels | undefined> =>
  Answer.loadedModels(await look(`${url}/ready`));

/** Prometheus' text. Throws `serving.unreachable`. */
export async function metrics(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) }).catch(
    (cause: Error) => {
      throw new SluiceError("serving.unreachable", `${url} does not answer: ${cause.message}`, HINT, {
        cause,
      });
    },
  );
  if (response.ok) return response.text();
  throw new SluiceError("serving.unreachable", `${url}/metrics answered ${response.status}`, HINT);
}

/** Throws what the serving process answers, `serving.unreachable` where it does not. */
export async function predict(
  url: string,
  photo: Uint8Array,
  { role }: { role?: Release.Role } = {},
): Promise<ServedPrediction> {
  const answer = await ask(`${url}/predict`, {
    method: "POST",
    headers: {
      "content-type": "application/octet-stream",
      accept: "application/json",
      ...(role && { "sluice-role": role }),
    },
    body: new Uint8Array(photo),
    signal: AbortSignal.timeout(PREDICT_LIMIT_MS),
  }).catch((cause: Error) => {
    throw new SluiceError("serving.unreachable", `${url} does not answer: ${cause.message}`, HINT, { cause });
  });
  return Answer.predictionOf(answer, `${url}/predict`, HINT);
}

const HINT = "See the output of its command under commands/ in the home folder.";

const look = (url: string): Promise<unknown> =>
  ask(url, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) }).then(
    ({ body }) => body,
    () => undefined,
  );

async function ask(url: string, init: RequestInit): Promise<Answer.ServingAnswer> {
  const response = await fetch(url, init);
  return { status: response.status, body: parseJson(await response.text()) };
}
