import * as z from "zod";
import { ERROR_CODES, SluiceError } from "./errors";
import type { ServedPrediction } from "./ports";

/** What the serving process answered: its status and, where the body is JSON, that. */
export interface ServingAnswer {
  status: number;
  body: unknown;
}

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

/** Of `/health`. */
export const isHealthy = (body: unknown): boolean => Health.safeParse(body).success;

/** Of `/ready`: the number of the model that is loaded and warmed. Undefined: none is. */
export const loadedModel = (body: unknown): number | undefined => Ready.safeParse(body).data?.model;

/**
 * Of `/predict`. Throws what the serving process refuses with, `serving.unreachable` for any other answer.
 *
 * @param where what was asked, for the message
 */
export function predictionOf({ status, body }: ServingAnswer, where: string, hint: string): ServedPrediction {
  const answer = Prediction.safeParse(body);
  if (answer.success) return answer.data;
  const refusal = Refusal.safeParse(body).data?.error;
  if (refusal) throw new SluiceError(refusal.code, refusal.message, refusal.hint);
  throw new SluiceError("serving.unreachable", `${where} answered ${status}, but no prediction`, hint);
}
