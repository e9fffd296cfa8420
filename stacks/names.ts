import { ArnFormat, type Stack } from "aws-cdk-lib";
import type { Stage } from "./stage";

export const machineName = (stage: Stage) => `sluice-${stage.name}`;
export const functionName = (stage: Stage, kebab: string) => `sluice-${stage.name}-${kebab}`;
export const githubKeyName = (stage: Stage) => `sluice/${stage.name}/github-app-key`;
export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const machineArn = (stack: Stack, stage: Stage) =>
  stack.formatArn({
    service: "states",
    resource: "stateMachine",
    resourceName: machineName(stage),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
