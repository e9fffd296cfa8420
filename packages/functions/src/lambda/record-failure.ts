import { recordFailure } from "../steps/record-failure";
import { onAws } from "./on-aws";
import { clock, documents } from "./ports";

export const handler = onAws(recordFailure, { clock, documents });
