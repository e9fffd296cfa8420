import { commitDataset } from "../steps/commit-dataset";
import { onAws } from "./on-aws";
import { blobs, clock, documents } from "./ports";

export const handler = onAws(commitDataset, { blobs, clock, documents });
