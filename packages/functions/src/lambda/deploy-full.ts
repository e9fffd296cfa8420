import { deployFull } from "../steps/deploy-full";
import { onAws } from "./on-aws";
import { clock, documents } from "./ports";
import { serving } from "./serving-port";

export const handler = onAws(deployFull, { clock, documents, serving });
