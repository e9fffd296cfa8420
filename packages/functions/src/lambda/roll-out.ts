import { rollOut } from "../steps/roll-out";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";
import { serving } from "./serving-port";

export const handler = onAws(rollOut, { clock, documents, serving, settings });
