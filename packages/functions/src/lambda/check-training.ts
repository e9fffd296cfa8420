import { checkTraining } from "../steps/check-training";
import { commands } from "./host-ports";
import { onAws } from "./on-aws";
import { blobs, clock, documents, settings } from "./ports";

export const handler = onAws(checkTraining, { blobs, clock, commands, documents, settings });
