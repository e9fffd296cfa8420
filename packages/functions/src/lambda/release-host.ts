import { releaseHost } from "../steps/release-host";
import { host } from "./host-ports";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";

export const handler = onAws(releaseHost, { clock, documents, host, settings });
