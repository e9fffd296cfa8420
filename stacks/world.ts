import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { type Stack, use } from "sst/constructs";
import type { Resources } from "./access";
import { Api } from "./api";
import { functionName, machineArn } from "./names";
import { Storage } from "./storage";

/** Where the stage is found, for the CLI, the doctor and the workflows. */
export function announceWorld(stack: Stack, { stage, data, documents, instanceId }: Required<Resources>) {
  const world = {
    stage: stage.name,
    region: stack.region,
    bucket: data.bucketName,
    auditBucket: use(Storage).audit.bucketName,
    table: documents.tableName,
    instanceId,
    stateMachineArn: machineArn(stack, stage),
    predictFunction: functionName(stage, "predict"),
    apiUrl: use(Api).url,
  };
  return new StringParameter(stack, "World", {
    parameterName: `/sluice/${stage.name}/world`,
    stringValue: stack.toJsonString(world),
  });
}
