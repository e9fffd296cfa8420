import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { AppEnv } from "./context";
import type { Limits } from "./deps";
import {
  BatchAnswer,
  ErrorAnswer,
  HealthAnswer,
  NotReadyAnswer,
  PredictionAnswer,
  ReadyAnswer,
} from "./schemas";
import { VERSION } from "./status";

const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const binary = { type: "string", format: "binary" } as const;
const text = { type: "string" } as const;
const header = (description: string) => ({ description, schema: { type: "string" } as const });
const error = (description: string) => json(ErrorAnswer, description);

const requestErrors = ({ inFlight }: Limits) => ({
  400: error("The request has no photo, or its form cannot be read"),
  429: {
    ...error(`${inFlight} requests are being answered already`),
    headers: { "Retry-After": header("Seconds") },
  },
  500: error("Not foreseen; `id` leads to the server's log"),
  503: { ...error("No model is ready"), headers: { "Retry-After": header("Seconds") } },
});

const picture = {
  "Sluice-Model-Version": header("The model that answered"),
  "Sluice-Box": header("left,top,width,height, px; absent where there is no window"),
  "Sluice-Area-Px": header("Pixels of the window"),
  "Sluice-Confidence": header("Mean probability inside the window, 0..1"),
};

/** Describes every route. Bodies are read by the handlers, which count them as they come. */
export function describeRoutes(app: OpenAPIHono<AppEnv>, limits: Limits): void {
  const { openAPIRegistry: registry } = app;
  registry.registerPath({
    method: "post",
    path: "/predict",
    operationId: "predict",
    summary: "Find the reading window on one photo",
    description:
      `JPEG, PNG or WebP, turned upright by its EXIF orientation first; at most ${limits.bodyBytes} bytes and ` +
      "25 megapixels. `Accept: image/png` gives the mask itself.",
    tags: ["predict"],
    request: {
      body: {
        required: true,
        content: {
          "multipart/form-data": {
            schema: { type: "object", required: ["image"], properties: { image: binary } },
          },
          "image/*": { schema: binary },
          "application/octet-stream": { schema: binary },
        },
      },
    },
    responses: {
      200: {
        description: "The window: as JSON, or as a mask with the rest in headers",
        headers: picture,
        content: { "application/json": { schema: PredictionAnswer }, "image/png": { schema: binary } },
      },
      ...requestErrors(limits),
      413: error("Too many bytes (`serving.body_too_large`) or pixels (`photo.too_large`)"),
      415: error("No image that is read here"),
      422: error("The photo is damaged"),
    },
  });
  registry.registerPath({
    method: "post",
    path: "/batch-predict",
    operationId: "batchPredict",
    summary: "Find it on several photos",
    description:
      `At most ${limits.batchPhotos} photos and ${limits.batchBytes} bytes. A photo that cannot be answered has ` +
      "its own error among the results; the others are answered all the same.",
    tags: ["predict"],
    request: {
      body: {
        required: true,
        content: {
          "multipart/form-data": {
            schema: {
              type: "object",
              required: ["images"],
              properties: { images: { type: "array", items: binary, maxItems: limits.batchPhotos } },
            },
          },
        },
      },
    },
    responses: {
      200: json(BatchAnswer, "An answer or an error for each photo"),
      ...requestErrors(limits),
      413: error("Too many bytes"),
      415: error("No multipart form"),
    },
  });
  describeStatus(registry);
}

function describeStatus(registry: OpenAPIHono<AppEnv>["openAPIRegistry"]): void {
  registry.registerPath({
    method: "get",
    path: "/health",
    operationId: "health",
    summary: "Is the process alive?",
    tags: ["status"],
    responses: { 200: json(HealthAnswer, "It is") },
  });
  registry.registerPath({
    method: "get",
    path: "/ready",
    operationId: "ready",
    summary: "Is a model loaded and warmed?",
    tags: ["status"],
    responses: {
      200: json(ReadyAnswer, "It is"),
      503: { ...json(NotReadyAnswer, "Not yet"), headers: { "Retry-After": header("Seconds") } },
    },
  });
  registry.registerPath({
    method: "get",
    path: "/metrics",
    operationId: "metrics",
    summary: "Counters and latencies for Prometheus",
    tags: ["status"],
    responses: {
      200: { description: "Prometheus' text format", content: { "text/plain": { schema: text } } },
    },
  });
}

/** The document of `/openapi.json`. */
export const openApiDocument = (app: OpenAPIHono<AppEnv>) =>
  app.getOpenAPIDocument({
    openapi: "3.0.3",
    info: {
      title: "Sluice predicts",
      version: VERSION,
      description: "Finds the reading window on photos of meters.",
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "predict", description: "Photos in, masks out" },
      { name: "status", description: "For probes and dashboards" },
    ],
  });
