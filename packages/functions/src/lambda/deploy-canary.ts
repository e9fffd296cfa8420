import { deployCanary } from "../steps/deploy-canary";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";
import { serving } from "./serving-port";

export const handler = onAws(deployCanary, { clock, documents, serving, settings });
