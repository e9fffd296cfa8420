import { z } from "@hono/zod-openapi";
import { Imported } from "@sluice/core";

const Parameters = z.record(z.string(), z.unknown());
const side = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 31);

const InputTensor = z
  .object({
    name: z.string(),
    shape: z.array(side).max(32),
    datatype: Imported.Datatype,
    parameters: Parameters.optional().openapi({
      description: "`binary_data_size`: its values follow the JSON, so many bytes",
    }),
    data: z
      .unknown()
      .optional()
      .openapi({ type: "array", items: {}, description: "Flat, or nested as the shape is" }),
  })
  .openapi("InferInput");

export const InferRequest = z
  .object({
    id: z.string().max(256).optional(),
    parameters: Parameters.optional().openapi({
      description: "`binary_data_output`: answer every output so",
    }),
    inputs: z.array(InputTensor).min(1).max(2_000),
    outputs: z
      .array(
        z.object({ name: z.string(), parameters: Parameters.optional() }).openapi("InferRequestedOutput"),
      )
      .max(2_000)
      .optional()
      .openapi({ description: "Those wanted; without it, all. `binary_data`: answer it after the JSON" }),
  })
  .openapi("InferRequest");
export type InferRequest = z.infer<typeof InferRequest>;

const OutputTensor = z
  .object({
    name: z.string(),
    shape: z.array(side),
    datatype: Imported.Datatype,
    parameters: Parameters.optional(),
    data: z.array(z.union([z.number(), z.string(), z.boolean()]).nullable()).optional(),
  })
  .openapi("InferOutput");

export const InferAnswer = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    outputs: z.array(OutputTensor),
  })
  .openapi("InferResponse");

const TensorMetadata = z.object(Imported.TensorSpec.shape).openapi("TensorMetadata", {
  description: "A side of -1 has any length",
});
export const ModelMetadata = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(TensorMetadata),
    outputs: z.array(TensorMetadata),
  })
  .openapi("ModelMetadata");
export type ModelMetadata = z.infer<typeof ModelMetadata>;

export const ServerMetadata = z
  .object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .openapi("ServerMetadata");
export const Live = z.object({ live: z.boolean() }).openapi("Live");
export const ServerReady = z.object({ ready: z.boolean() }).openapi("ServerReady");
export const ModelReady = z.object({ name: z.string(), ready: z.boolean() }).openapi("ModelReady");
export const ModelList = z.object({ models: z.array(z.string()) }).openapi("ModelList");
export const V2Error = z.object({ error: z.string() }).openapi("InferError");
