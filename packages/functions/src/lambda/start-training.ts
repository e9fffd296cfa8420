import { startTraining } from "../steps/start-training";
import { commands } from "./host-ports";
import { onAws } from "./on-aws";
import { blobs, clock, codeCommit, documents, settings } from "./ports";

export const handler = onAws(startTraining, { blobs, clock, codeCommit, commands, documents, settings });
