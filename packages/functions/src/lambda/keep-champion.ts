import { keepChampion } from "../steps/keep-champion";
import { onAws } from "./on-aws";
import { clock, documents } from "./ports";

export const handler = onAws(keepChampion, { clock, documents });
