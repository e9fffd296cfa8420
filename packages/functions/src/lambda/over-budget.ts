import * as z from "zod";
import { overBudget } from "../steps/over-budget";
import { host } from "./host-ports";
import { onAws } from "./on-aws";

/** SNS: the budget's alert. Its answer, what the host was and is, is in the log. */
export const handler = onAws(overBudget, { host }, { input: z.unknown() });
