import { observeCanary } from "../steps/observe-canary";
import { onAws } from "./on-aws";
import { blobs, clock, documents, settings } from "./ports";
import { serving } from "./serving-port";

export const handler = onAws(observeCanary, { blobs, clock, documents, serving, settings });
