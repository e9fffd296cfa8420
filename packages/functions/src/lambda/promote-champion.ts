import { promoteChampion } from "../steps/promote-champion";
import { onAws } from "./on-aws";
import { blobs, clock, documents } from "./ports";

export const handler = onAws(promoteChampion, { blobs, clock, documents });
