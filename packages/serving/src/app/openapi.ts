import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AppEnv } from "./context";
import type { Limits } from "./deps";
import { describePages } from "./openapi-pages";
import { answer, binary, error, header, requestId, retryAfter, role } from "./openapi-parts";
import { RowsAnswer, RowsRequest } from "./rows/schemas";
import { BatchAnswer, BatchLine, PredictionAnswer } from "./schemas";
import { VERSION } from "./status";

/** What both routes may meet that predict. */
const predictErrors = {
  404: error("`model.not_found`: the role that was asked for is not loaded"),
  408: error("`request.too_slow`: the request did not come in time"),
  429: error("`serving.busy`: too many requests are being answered already", retryAfter),
  431: error("`request.headers_too_large`: more than 16 KB of headers"),
  500: error(
    "`internal`: not foreseen; `id` leads to the server's log. `model.corrupt`: the model is broken",
  ),
  503: error("`model.not_ready`: no model is loaded yet", retryAfter),
};

const timing = { "Server-Timing": header("Milliseconds of decode, inference, mask, and in total") };
const picture = {
  ...timing,
  "Sluice-Model-Version": header("Of a picture: the model that answered"),
  "Sluice-Model-Role": header("Of a picture: `champion` or `canary`"),
  "Sluice-Box": header("Of a picture: left,top,width,height, px; absent where there is no window"),
  "Sluice-Area-Px": header("Of a picture: pixels of the window"),
  "Sluice-Confidence": header("Of a picture: mean probability inside the window, 0..1"),
};

const PHOTO = "image/jpeg, image/png, image/webp";

/** Describes every route. Bodies are read by the handlers, which count them as they come. */
export function describeRoutes(app: OpenAPIHono<AppEnv>, limits: Limits): void {
  describePredict(app, limits);
  describeBatch(app, limits);
  describePages(app);
}

const describePredict = ({ openAPIRegistry: registry }: OpenAPIHono<AppEnv>, { bodyBytes }: Limits) =>
  registry.registerPath({
    method: "post",
    path: "/predict",
    operationId: "predict",
    summary: "Find the reading window on one photo",
    description:
      `JPEG, PNG or WebP, turned upright by its EXIF orientation first; at most ${bodyBytes} bytes and ` +
      "25 megapixels. `Accept: image/png` gives the mask itself. JSON rows are for imported models that take them.",
    tags: ["predict"],
    parameters: [requestId, role],
    request: {
      body: {
        required: true,
        content: {
          "multipart/form-data": {
            schema: { type: "object", required: ["image"], properties: { image: binary } },
            encoding: { image: { contentType: PHOTO } },
          },
          "image/*": { schema: binary },
          "application/octet-stream": { schema: binary },
          "application/json": { schema: RowsRequest },
        },
      },
    },
    responses: {
      200: answer(
        "The window: as JSON, or as a mask with the rest in headers; of rows, a prediction for each",
        { "application/json": z.union([PredictionAnswer, RowsAnswer]), "image/png": binary },
        picture,
      ),
      400: error("`usage.invalid`: no photo, or the form cannot be read. `request.malformed`: no HTTP"),
      413: error("`serving.body_too_large`: too many bytes. `photo.too_large`: too many pixels"),
      415: error("`photo.unsupported`: no image that is read here, by its bytes or its Content-Type"),
      422: error(
        "`photo.unreadable`: the photo is damaged. `input.row_invalid`: a row does not fit the model",
      ),
      ...predictErrors,
    },
  });

const describeBatch = ({ openAPIRegistry: registry }: OpenAPIHono<AppEnv>, limits: Limits) =>
  registry.registerPath({
    method: "post",
    path: "/batch-predict",
    operationId: "batchPredict",
    summary: "Find it on many photos",
    description:
      `At most ${limits.batchPhotos} photos and ${limits.batchBytes} bytes, in a form or a zip. A photo that cannot ` +
      "be answered has its own error; the others are answered all the same. `Accept: application/x-ndjson` gives " +
      "a line for each photo once it and those before it are done.",
    tags: ["predict"],
    parameters: [requestId, role],
    request: {
      body: {
        required: true,
        content: {
          "multipart/form-data": {
            schema: {
              type: "object",
              required: ["images"],
              properties: {
                images: {
                  type: "array",
                  items: binary,
                  minItems: 1,
                  maxItems: limits.batchPhotos,
                  description: "Photos, or zips of photos",
                },
              },
            },
            encoding: { images: { contentType: PHOTO } },
          },
          "application/zip": { schema: binary },
        },
      },
    },
    responses: {
      200: answer("An answer or an error for each photo", {
        "application/json": BatchAnswer,
        "application/x-ndjson": BatchLine,
      }),
      400: error(
        "`usage.invalid`: no photo, or the form cannot be read. `input.unreadable`: the zip is damaged. " +
          "`request.malformed`: no HTTP",
      ),
      413: error("`serving.body_too_large`: too many bytes. `request.too_many_files`: too many photos"),
      415: error("`photo.unsupported`: no form and no zip"),
      422: error("`batch.zip_unsafe`: a name that leads out of the zip, a link, or a bomb"),
      ...predictErrors,
    },
  });

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
      { name: "inference protocol", description: "For KServe's and Triton's clients; version 2" },
      { name: "status", description: "For probes and dashboards" },
      { name: "pages", description: "For people" },
    ],
  });
