import { startHost } from "../steps/start-host";
import { host } from "./host-ports";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";

export const handler = onAws(startHost, { clock, documents, host, settings });
