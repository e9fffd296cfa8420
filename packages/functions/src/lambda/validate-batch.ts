import { validateBatch } from "../steps/validate-batch";
import { onAws } from "./on-aws";
import { blobs, clock, documents } from "./ports";

export const handler = onAws(validateBatch, { blobs, clock, documents });
