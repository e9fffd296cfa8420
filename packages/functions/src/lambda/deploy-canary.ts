import { deployCanary } from "../steps/deploy-canary";
import { onAws } from "./on-aws";
import { clock, documents, serving, settings } from "./ports";

export const handler = onAws(deployCanary, { clock, documents, serving, settings });
