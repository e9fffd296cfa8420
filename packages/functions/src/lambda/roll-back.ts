import { rollBack } from "../steps/roll-back";
import { onAws } from "./on-aws";
import { clock, documents } from "./ports";

export const handler = onAws(rollBack, { clock, documents });
