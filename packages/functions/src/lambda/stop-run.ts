import * as z from "zod";
import { StopInput, stopRun } from "../steps/stop-run";
import { commands, host } from "./host-ports";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";

/** EventBridge: "Step Functions Execution Status Change". An execution is named `<run>`, resumed `<run>-r<times>`. */
const StatusChange = z
  .object({ detail: StopInput.pick({ status: true, error: true, cause: true }).extend({ name: z.string() }) })
  .transform(({ detail: { name, ...end } }) => {
    const [, runId = "", resumed = "0"] = /^(.*?)(?:-r(\d+))?$/.exec(name) ?? [];
    return { ...end, runId, resumed: Number(resumed) };
  });

export const handler = onAws(
  stopRun,
  { clock, commands, documents, host, settings },
  { input: StatusChange },
);
