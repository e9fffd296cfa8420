import { type StackContext, use } from "sst/constructs";
import { budgetIn } from "./budget";
import { hostIn } from "./host";
import { releaseHost } from "./host-release";
import { stageConfig } from "./stage";
import { Storage } from "./storage";

/** The machine that trains, what runs on it, and the budget that stops it. */
export async function Host({ stack, app }: StackContext) {
  const stage = stageConfig(app.stage);
  const { data, documents } = use(Storage);
  const { instanceId } = hostIn(stack, { ...stage, stage: stage.name, bucket: data, table: documents });
  const hostRelease = await releaseHost(stack, stage.name, data);
  const { topic: overBudget } = budgetIn(stack, { ...stage, stage: stage.name });
  stack.addOutputs({ InstanceId: instanceId });
  return { instanceId, hostRelease, overBudget };
}
