import * as z from "zod";
import { startRun } from "../steps/start-run";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";
import { runs } from "./runs-port";

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

export const handler = onAws(startRun, { clock, documents, runs, settings }, { input: ObjectCreated });
