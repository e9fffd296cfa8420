import { type StackContext, use } from "sst/constructs";
import { budgetIn } from "./budget";
import { releaseHost } from "./host-release";
import { stageConfig } from "./stage";
import { Storage } from "./storage";

/**
 * What the host runs, and the budget that stops it. The machine itself is in the pipeline's stack, with those that use
 * it: one that is replaced has another id, and CloudFormation refuses to change what other stacks import.
 */
export async function Host({ stack, app }: StackContext) {
  const stage = stageConfig(app.stage);
  const hostRelease = await releaseHost(stack, stage.name, use(Storage).data);
  const { topic: overBudget } = budgetIn(stack, { ...stage, stage: stage.name });
  return { hostRelease, overBudget };
}
