import { reportRejection } from "../steps/report-rejection";
import { forge } from "./forge-port";
import { onAws } from "./on-aws";
import { blobs, clock, documents } from "./ports";

export const handler = onAws(reportRejection, { blobs, clock, documents, forge });
