import { smokeTest } from "../steps/smoke-test";
import { onAws } from "./on-aws";
import { blobs, clock, documents, serving, settings } from "./ports";

export const handler = onAws(smokeTest, { blobs, clock, documents, serving, settings });
