import { smokeTest } from "../steps/smoke-test";
import { onAws } from "./on-aws";
import { blobs, clock, documents, settings } from "./ports";
import { serving } from "./serving-port";

export const handler = onAws(smokeTest, { blobs, clock, documents, serving, settings });
