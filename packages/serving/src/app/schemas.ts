import { z } from "@hono/zod-openapi";
import { ERROR_CODES, Release } from "@sluice/core";

const px = z.number().int().nonnegative();
const ms = z.number().nonnegative();

export const Failure = z
  .object({
    code: z.enum([...ERROR_CODES, "internal"]).openapi({ example: "photo.unsupported" }),
    message: z.string().openapi({ example: "notes.txt is text" }),
    hint: z.string().openapi({ example: "Save it as JPEG, PNG or WebP; its name does not matter." }),
    id: z.string().optional().openapi({ description: "Of the request, where the error was not foreseen" }),
  })
  .openapi("Failure");
export type Failure = z.infer<typeof Failure>;

export const ErrorAnswer = z.object({ error: Failure }).openapi("Error");

export const Box = z
  .object({ left: px, top: px, width: px, height: px })
  .openapi("Box", { description: "The smallest box around the window, px of the upright photo" });

export const Timings = z
  .object({ decode: ms, inference: ms, mask: ms, total: ms })
  .openapi("Timings", { description: "Milliseconds; the total is from the photo's bytes to its mask" });

const prediction = {
  mask: z
    .string()
    .openapi({ format: "byte", description: "PNG, 0 and 255, of the upright photo's size; base64" }),
  width: px.openapi({ description: "Of the upright photo, px" }),
  height: px.openapi({ description: "Of the upright photo, px" }),
  box: Box.nullable().openapi({ description: "Null when there is no window on the photo" }),
  area_px: px.openapi({ description: "Pixels of the window" }),
  confidence: z.number().min(0).max(1).openapi({ description: "Mean probability inside the window" }),
  timings_ms: Timings,
};
const modelVersion = z
  .number()
  .int()
  .positive()
  .openapi({ description: "The model that answered", example: 3 });

const modelRole = z.enum(Release.Role.options).openapi({
  description: "`canary`: a newer model that answers a share of the requests before it takes over",
});

export const PredictionAnswer = z
  .object({ model_version: modelVersion, model_role: modelRole, ...prediction })
  .openapi("Prediction");
export type PredictionAnswer = z.infer<typeof PredictionAnswer>;

const name = z.string().openapi({
  description: "The file's name without folders; of a zip's file with those inside it",
  example: "meter_17.jpg",
});
const answered = { name, model_version: modelVersion, model_role: modelRole, ...prediction };
const refused = { name, error: Failure };

export const BatchResult = z.union([
  z.object(answered).openapi("BatchPrediction"),
  z.object(refused).openapi("BatchFailure"),
]);
export type BatchResult = z.infer<typeof BatchResult>;

export const BatchAnswer = z
  .object({
    model_version: modelVersion,
    results: z.array(BatchResult).openapi({ description: "In the order of the photos" }),
  })
  .openapi("BatchResult");
export type BatchAnswer = z.infer<typeof BatchAnswer>;

const count = z.number().int().positive();
const progress = {
  index: z.number().int().nonnegative().openapi({ description: "Of the photo in the request, from 0" }),
  done: count.openapi({ description: "Photos done so far, with this one" }),
  total: count.openapi({ description: "Photos of the request" }),
};
/** A line of NDJSON. */
export const BatchLine = z
  .union([
    z.object({ ...progress, ...answered }).openapi("BatchPredictionLine"),
    z.object({ ...progress, ...refused }).openapi("BatchFailureLine"),
  ])
  .openapi("BatchLine");
export type BatchLine = z.infer<typeof BatchLine>;

export const HealthAnswer = z
  .object({ status: z.literal("ok"), version: z.string(), uptime_seconds: z.number() })
  .openapi("Health");

const problem = z
  .object({
    model: z.number().int().positive().nullable(),
    code: z.string(),
    message: z.string(),
    hint: z.string(),
  })
  .nullable()
  .openapi({ description: "Why a newer model does not serve" });
export const ReadyAnswer = z
  .object({
    ready: z.literal(true),
    model: modelVersion,
    champion: modelVersion.nullable(),
    canary: modelVersion.nullable().openapi({ description: "Null while none is out, or it is not loaded" }),
    weight: z.number().min(0).max(1).openapi({ description: "Share of requests that the canary answers" }),
    problem,
  })
  .openapi("Ready");
export const NotReadyAnswer = z
  .object({ ready: z.literal(false), reason: z.string(), problem })
  .openapi("NotReady");
