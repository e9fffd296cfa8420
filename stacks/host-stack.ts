import type { StackContext } from "sst/constructs";
import { use } from "sst/constructs";
import { budgetIn } from "./budget";
import { hostIn } from "./host";
import { stageConfig } from "./stage";
import { Storage } from "./storage";

/** The machine that trains, and the budget that stops it. */
export function Host({ stack, app }: StackContext) {
  const stage = stageConfig(app.stage);
  const { data, documents } = use(Storage);
  const { instanceId, role } = hostIn(stack, { ...stage, stage: stage.name, bucket: data, table: documents });
  const { topic: overBudget } = budgetIn(stack, { ...stage, stage: stage.name });
  stack.addOutputs({ InstanceId: instanceId });
  return { instanceId, role, overBudget };
}
