import { decideGate } from "../steps/decide-gate";
import { onAws } from "./on-aws";
import { blobs, clock, documents, settings } from "./ports";

export const handler = onAws(decideGate, { blobs, clock, documents, settings });
