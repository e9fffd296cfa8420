import * as z from "zod";
import { ERROR_CODES, SluiceError } from "./errors";
import { ModelNumber } from "./ids";
import type { LoadedModels, ServedPrediction } from "./ports";
import { Role } from "./release/role";

/** What the serving process answered: its status and, where the body is JSON, that. */
export interface ServingAnswer {
  status: number;
  body: unknown;
}

const Health = z.object({ status: z.literal("ok") });

const Ready = z
  .object({
    ready: z.literal(true),
    model: ModelNumber,
    champion: ModelNumber.nullable(),
    canary: ModelNumber.nullable(),
    weight: z.number(),
    problem: z.object({ message: z.string() }).nullable(),
  })
  .transform(({ problem, ...ready }) => ({ ...ready, problem: problem?.message ?? null }));
const Prediction = z
  .object({
    model_version: z.number().int(),
    model_role: Role,
    width: z.number().positive(),
    height: z.number().positive(),
    area_px: z.number(),
    confidence: z.number(),
    timings_ms: z.object({ total: z.number() }),
  })
  .transform(
    (answer): ServedPrediction => ({
      modelVersion: answer.model_version,
      role: answer.model_role,
      areaPx: answer.area_px,
      areaRatio: answer.area_px / (answer.width * answer.height),
      confidence: answer.confidence,
      latencyMs: answer.timings_ms.total,
    }),
  );
const Refusal = z.object({
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() }),
});

/** Of `/health`. */
export const isHealthy = (body: unknown): boolean => Health.safeParse(body).success;

/** Of `/ready`: the number of the model that is loaded and warmed. Undefined: none is. */
export const loadedModel = (body: unknown): number | undefined => loadedModels(body)?.model;

/** Of `/ready`: champion and canary, as far as they are loaded. Undefined: none is. */
export const loadedModels = (body: unknown): (LoadedModels & { model: number }) | undefined =>
  Ready.safeParse(body).data;

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
