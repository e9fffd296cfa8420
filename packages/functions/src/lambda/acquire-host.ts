import { acquireHost } from "../steps/acquire-host";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";

export const handler = onAws(acquireHost, { clock, documents, settings });
