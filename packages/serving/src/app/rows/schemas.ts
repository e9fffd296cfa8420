import { z } from "@hono/zod-openapi";

/** As many as one request may have. */
export const MOST_ROWS = 10_000;

const Value = z.union([z.number(), z.string(), z.boolean(), z.null()]);

export const RowsRequest = z
  .object({
    model: z.string().openapi({ example: "wine" }),
    version: z.number().int().positive().optional().openapi({ description: "Without it, the latest" }),
    rows: z
      .array(z.unknown())
      .min(1)
      .max(MOST_ROWS)
      .openapi({
        type: "array",
        items: {
          anyOf: [
            { type: "object", additionalProperties: { anyOf: [{ type: "number" }, { type: "string" }] } },
            { type: "array", items: { anyOf: [{ type: "number" }, { type: "string" }] } },
          ],
        },
        description: "Each by its columns' names, or all as lists in the columns' order",
        example: [{ alcohol: 9.4, ph: 3.51 }],
      }),
  })
  .openapi("RowsRequest");
export type RowsRequest = z.infer<typeof RowsRequest>;

const PerRow = z.array(z.union([Value, z.array(Value)]));
export const RowsAnswer = z
  .object({
    model: z.string(),
    model_version: z.number().int().positive(),
    predictions: PerRow.openapi({ description: "The model's first output, for each row" }),
    outputs: z
      .record(z.string(), PerRow)
      .optional()
      .openapi({ description: "Its other outputs by name, as a classifier's probabilities" }),
    timings_ms: z.object({ total: z.number().nonnegative() }),
  })
  .openapi("RowsResult");
export type RowsAnswer = z.infer<typeof RowsAnswer>;
