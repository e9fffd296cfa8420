import { CloudFormationClient, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import { DescribeRuleCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeStateMachineCommand, ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { sdk } from "../clients";
import type { StageWorld } from "../stage";
import { ask, type Check, missing, odd, ok } from "./check";

const DEPLOY = "Deploy the stage again.";
const LAST = 5;

/** What starts runs, runs them, and answers photos. */
export async function pipelineChecks(world: StageWorld): Promise<Check[]> {
  const checks = await Promise.all([
    ask("state machine", DEPLOY, () => machineChecks(world)),
    ask("predict", DEPLOY, () => predictCheck(world)),
    ask("rules", DEPLOY, () => rulesCheck(world)),
    ask("API", "See the log group of the api function.", () => apiCheck(world)),
  ]);
  return checks.flat();
}

async function machineChecks({ stateMachineArn, region }: StageWorld): Promise<Check[]> {
  const client = sdk(SFNClient, { region });
  const { status, name } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  if (status !== "ACTIVE") return [missing("state machine", `${name} is ${status}`, DEPLOY)];
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: LAST }),
  );
  const runs = executions.map((one) => `${one.name} ${one.status}`).join(", ") || "none yet";
  const isBroken = ["FAILED", "TIMED_OUT", "ABORTED"].includes(executions[0]?.status ?? "");
  const fix = `See: sluice runs show ${executions[0]?.name} --stage …`;
  return [
    ok("state machine", `${name}, active`),
    isBroken ? odd("last runs", runs, fix) : ok("last runs", runs),
  ];
}

async function predictCheck({ predictFunction, region }: StageWorld): Promise<Check> {
  const { State, LastUpdateStatus, StateReason } = await sdk(LambdaClient, { region }).send(
    new GetFunctionConfigurationCommand({ FunctionName: predictFunction }),
  );
  // An idle function is loaded again by the next call.
  const isFit =
    (State === undefined || State === "Active" || State === "Inactive") && LastUpdateStatus !== "Failed";
  if (isFit) return ok("predict", predictFunction);
  return missing("predict", `${predictFunction} is ${State}: ${StateReason ?? LastUpdateStatus}`, DEPLOY);
}

/** The rules are the stack's: their names are made by CloudFormation. */
async function rulesCheck({ stage, region }: StageWorld): Promise<Check> {
  const StackName = `${stage}-sluice-Pipeline`;
  const names: string[] = [];
  const client = sdk(CloudFormationClient, { region });
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const { ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? [])
      if (ResourceType === "AWS::Events::Rule" && PhysicalResourceId) names.push(PhysicalResourceId);
  }
  const events = sdk(EventBridgeClient, { region });
  const rules = await Promise.all(names.map((Name) => events.send(new DescribeRuleCommand({ Name }))));
  const off = rules.filter(({ State }) => State === "DISABLED").map(({ Name }) => Name);
  if (names.length === 0)
    return missing("rules", `Stack ${StackName} has none: no upload starts a run`, DEPLOY);
  if (off.length === 0) return ok("rules", `${names.length}, all enabled`);
  return missing("rules", `disabled: ${off.join(", ")}`, `aws events enable-rule --name ${off[0]}`);
}

/** Any answer of HTTP shows that it is there; who may ask what is another question. */
async function apiCheck({ apiUrl }: StageWorld): Promise<Check> {
  const { status } = await fetch(apiUrl, { signal: AbortSignal.timeout(10_000) });
  if (status < 500) return ok("API", apiUrl);
  return missing("API", `${apiUrl} answers ${status}`, "See the log group of the api function.");
}
