import { planValidation } from "../steps/plan-validation";
import { onAws } from "./on-aws";
import { blobs, clock, documents, settings } from "./ports";

export const handler = onAws(planValidation, { blobs, clock, documents, settings });
