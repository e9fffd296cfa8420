import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { sdk } from "@sluice/aws/clients";
import type { Context } from "aws-lambda";
import * as z from "zod";
import { startRun } from "../steps/start-run";
import { onAws } from "./on-aws";
import { settings } from "./ports";
import { runs } from "./runs-port";

/** EventBridge delivers at least once; a history of Step Functions is kept as long. */
const REMEMBERED_SECONDS = 90 * 24 * 3_600;

/** EventBridge: S3, "Object Created". Without a version (bucket not versioned) the sequencer tells two apart. */
const ObjectCreated = z
  .object({
    detail: z.object({
      bucket: z.object({ name: z.string() }),
      object: z.object({
        key: z.string(),
        "version-id": z.string().optional(),
        sequencer: z.string().optional(),
      }),
    }),
  })
  .transform(({ detail: { bucket, object } }) => ({
    bucket: bucket.name,
    key: object.key,
    version: object["version-id"] ?? object.sequencer ?? "",
  }));

const config = new IdempotencyConfig({
  eventKeyJmesPath: "[bucket, key, version]",
  throwOnNoIdempotencyKey: true,
  expiresAfterSeconds: REMEMBERED_SECONDS,
});
const startOnce = makeIdempotent(startRun, {
  config,
  persistenceStore: new DynamoDBPersistenceLayer({
    tableName: process.env.SLUICE_TABLE ?? "",
    awsSdkV3Client: sdk(DynamoDBClient),
    keyAttr: "collection",
    staticPkValue: "starts",
    sortKeyAttr: "key",
    expiryAttr: "expires",
  }),
});
const start = onAws(startOnce, { runs, settings }, { input: ObjectCreated });

/** The same event again is the same run; an object that is uploaded anew is a new attempt. */
export const handler = (event: unknown, context: Context) => {
  config.registerLambdaContext(context); // a claim whose holder died ends with its time
  return start(event, context);
};
