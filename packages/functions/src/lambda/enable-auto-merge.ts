import { enableAutoMerge } from "../steps/enable-auto-merge";
import { forge } from "./forge-port";
import { onAws } from "./on-aws";
import { clock, documents } from "./ports";

export const handler = onAws(enableAutoMerge, { clock, documents, forge });
