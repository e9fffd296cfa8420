import { validatePart } from "../steps/validate-part";
import { onAws } from "./on-aws";
import { blobs, documents } from "./ports";

export const handler = onAws(validatePart, { blobs, documents });
