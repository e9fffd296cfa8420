import { readEnv } from "@sluice/aws/env";
import { sfnRuns } from "@sluice/aws/runs/index";
import { clock, documents } from "./ports";

/** Executions of the stage's state machine. */
export function runs() {
  const { stateMachineArn } = readEnv(["stateMachineArn"]);
  return sfnRuns({ stateMachineArn, world: { documents: documents(), clock: clock() } });
}
