import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { AppEnv } from "../context";
import { answer, binary, json, requestId, retryAfter, role } from "../openapi-parts";
import {
  InferAnswer,
  InferRequest,
  Live,
  ModelList,
  ModelMetadata,
  ModelReady,
  ServerMetadata,
  ServerReady,
  V2Error,
} from "./schemas";

const parameter = (name: string, description: string) =>
  ({ name, in: "path", required: true, description, schema: { type: "string" } }) as const;
type InPath = ReturnType<typeof parameter>;
const NAME = parameter("name", "`segmentation`, `segmentation-photo`, or what a model was imported as");
const VERSION = parameter("version", "A number");
const JSON_LENGTH = {
  name: "Inference-Header-Content-Length",
  in: "header",
  description: "Bytes of the JSON, where tensors follow it",
  schema: { type: "integer", minimum: 0 },
} as const;

const error = (codes: string, headers = {}) => json(V2Error, codes, headers);
const notThere = error("`model.not_found`: no such model, or version");
const unread = {
  400: error("`request.malformed`: no HTTP that is understood"),
  431: error("`request.headers_too_large`: more than 16 KB of headers"),
  500: error("`internal`: not foreseen. `model.corrupt`: the model is broken"),
};
const notReady = (schema: z.ZodType) => json(schema, "Not yet");

/** Describes the Open Inference Protocol's routes. */
export function describeV2(app: OpenAPIHono<AppEnv>): void {
  const get = (
    path: string,
    operationId: string,
    summary: string,
    responses: object,
    params: InPath[] = [],
  ) =>
    app.openAPIRegistry.registerPath({
      method: "get",
      path,
      operationId,
      summary,
      tags: ["inference protocol"],
      parameters: params,
      responses: { ...unread, ...responses },
    });
  get("/v2", "serverMetadata", "What the server is", { 200: json(ServerMetadata, "Name and extensions") });
  get("/v2/health/live", "serverLive", "Is the process alive?", { 200: json(Live, "It is") });
  get("/v2/health/ready", "serverReady", "Is a model loaded, and the server not stopping?", {
    200: json(ServerReady, "It is"),
    503: notReady(ServerReady),
  });
  get("/v2/models", "modelList", "The models' names", { 200: json(ModelList, "All of them") });
  for (const [at, params, called] of [
    ["/v2/models/{name}", [NAME], ""],
    ["/v2/models/{name}/versions/{version}", [NAME, VERSION], "Version"],
  ] as const) {
    const metadata = { 200: json(ModelMetadata, "Inputs, outputs, versions"), 404: notThere };
    get(at, `model${called}Metadata`, "What a model takes and answers", metadata, [...params]);
    const ready = { 200: json(ModelReady, "It is"), 404: notThere, 503: notReady(ModelReady) };
    get(`${at}/ready`, `model${called}Ready`, "Is a model loaded? Loads an imported one", ready, [...params]);
    describeInfer(app, `${at}/infer`, `model${called}Infer`, [...params]);
  }
}

const describeInfer = (app: OpenAPIHono<AppEnv>, path: string, operationId: string, params: InPath[]) =>
  app.openAPIRegistry.registerPath({
    method: "post",
    path,
    operationId,
    summary: "Tensors in, tensors out",
    description:
      "In JSON, or by the binary tensor data extension after it. `segmentation` takes `image`, UINT8 [height, width, " +
      "3], and `segmentation-photo` takes `photo`, BYTES [1], a JPEG, PNG or WebP (in JSON: base64).",
    tags: ["inference protocol"],
    parameters: [...params, requestId, role, JSON_LENGTH],
    request: {
      body: {
        required: true,
        content: {
          "application/json": { schema: InferRequest },
          "application/octet-stream": { schema: binary },
        },
      },
    },
    responses: {
      ...unread,
      200: answer("The outputs, in JSON or after it", {
        "application/json": InferAnswer,
        "application/octet-stream": binary,
      }),
      400: error("`input.tensor_invalid`: not what the model takes. `usage.invalid`: cannot be read"),
      404: notThere,
      408: error("`request.too_slow`: the request did not come in time"),
      413: error("`serving.body_too_large`, `photo.too_large`"),
      415: error("`photo.unsupported`: no image that is read here"),
      422: error("`photo.unreadable`: the photo is damaged. `model.unsupported`: the model cannot be served"),
      429: error("`serving.busy`: too many requests are being answered already", retryAfter),
      503: error("`model.not_ready`: no model is loaded yet", retryAfter),
    },
  });
