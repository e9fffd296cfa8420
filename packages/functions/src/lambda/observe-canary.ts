import { observeCanary } from "../steps/observe-canary";
import { onAws } from "./on-aws";
import { blobs, clock, documents, serving, settings } from "./ports";

export const handler = onAws(observeCanary, { blobs, clock, documents, serving, settings });
