import { deployFull } from "../steps/deploy-full";
import { onAws } from "./on-aws";
import { clock, documents, serving } from "./ports";

export const handler = onAws(deployFull, { clock, documents, serving });
