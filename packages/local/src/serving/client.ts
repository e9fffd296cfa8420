import type { ServedPrediction } from "@sluice/core";
import { ERROR_CODES, SluiceError } from "@sluice/core/errors";
import * as z from "zod";

const LOOK_LIMIT_MS = 2_000;
const PREDICT_LIMIT_MS = 60_000;

const Health = z.object({ status: z.literal("ok") });
const Ready = z.object({ ready: z.literal(true), model: z.number().int().positive() });
const Prediction = z
  .object({
    model_version: z.number().int(),
    area_px: z.number(),
    timings_ms: z.object({ total: z.number() }),
  })
  .transform(
    (answer): ServedPrediction => ({
      modelVersion: answer.model_version,
      areaPx: answer.area_px,
      latencyMs: answer.timings_ms.total,
    }),
  );
const Refusal = z.object({
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() }),
});

export const isHealthy = async (url: string): Promise<boolean> =>
  Health.safeParse(await look(`${url}/health`)).success;

/** The number of the model that is loaded and warmed. Undefined: none is, or nobody answers. */
export const loadedModel = async (url: string): Promise<number | undefined> =>
  Ready.safeParse(await look(`${url}/ready`)).data?.model;

/** Throws what the serving process answers, `serving.unreachable` where it does not. */
export async function predict(url: string, photo: Uint8Array): Promise<ServedPrediction> {
  const { status, body } = await ask(`${url}/predict`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", accept: "application/json" },
    body: new Uint8Array(photo),
    signal: AbortSignal.timeout(PREDICT_LIMIT_MS),
  }).catch((cause: Error) => {
    throw new SluiceError("serving.unreachable", `${url} does not answer: ${cause.message}`, HINT, { cause });
  });
  const answer = Prediction.safeParse(body);
  if (answer.success) return answer.data;
  const refusal = Refusal.safeParse(body).data?.error;
  if (refusal) throw new SluiceError(refusal.code, refusal.message, refusal.hint);
  throw new SluiceError("serving.unreachable", `${url}/predict answered ${status}, but no prediction`, HINT);
}

const HINT = "See the output of its command under commands/ in the home folder.";

const look = (url: string): Promise<unknown> =>
  ask(url, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) }).then(
    ({ body }) => body,
    () => undefined,
  );

async function ask(url: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, init);
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: undefined };
  }
}
