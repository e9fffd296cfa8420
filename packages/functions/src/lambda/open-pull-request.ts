import { openPullRequest } from "../steps/open-pull-request";
import { forge } from "./forge-port";
import { onAws } from "./on-aws";
import { blobs, clock, documents } from "./ports";

export const handler = onAws(openPullRequest, { blobs, clock, documents, forge });
