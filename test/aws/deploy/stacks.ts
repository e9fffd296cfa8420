import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudFormationClient,
  type CloudFormationServiceException,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { asRoot, endpoint } from "./clients";
import { publish } from "./publish";

const STACK_LIMIT_MS = 180_000;

export interface Resource {
  stack: string;
  /** Of the template: `RunsRuleA1B2C3`. */
  logicalId: string;
  type: string;
  physicalId: string;
}

export interface Stacks {
  /** By name, of all stacks together. */
  outputs: Record<string, string>;
  resources: Resource[];
}

/** Creates the assembly's stacks as they are, in the order of their dependencies. */
export async function create(assembly: CloudAssembly): Promise<Stacks> {
  const client = asRoot(CloudFormationClient);
  await pretendBootstrap();
  await publish(assembly);
  const outputs: Record<string, string> = {};
  const resources: Resource[] = [];
  for (const { stackName, stackTemplateAssetObjectUrl = "" } of assembly.stacks) {
    const url = `${endpoint()}/${stackTemplateAssetObjectUrl.replace("s3://", "")}`;
    await begin(stackName, url, client);
    const stack = await settled(stackName, client);
    if (stack?.StackStatus !== "CREATE_COMPLETE") {
      throw new Error(`${stackName}: ${stack?.StackStatus}\n${await failures(stackName, client)}`);
    }
    for (const { OutputKey = "", OutputValue = "" } of stack.Outputs ?? []) outputs[OutputKey] = OutputValue;
    resources.push(...(await resourcesOf(stackName, client)));
  }
  return { outputs, resources };
}

const begin = (StackName: string, TemplateURL: string, client: CloudFormationClient) =>
  client
    .send(
      new CreateStackCommand({
        StackName,
        TemplateURL,
        Capabilities: ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
      }),
    )
    .catch((error: CloudFormationServiceException) => {
      const isOurs = (error.$metadata?.attempts ?? 1) > 1; // begun by a try whose answer was lost
      if (error.name !== "AlreadyExistsException" || !isOurs) throw error;
    });

/** Deletes the stacks, the last one first. */
export async function remove(assembly: CloudAssembly): Promise<void> {
  const client = asRoot(CloudFormationClient);
  for (const { stackName } of [...assembly.stacks].reverse()) {
    await client.send(new DeleteStackCommand({ StackName: stackName }));
    const left = await settled(stackName, client);
    if (left && left.StackStatus !== "DELETE_COMPLETE") {
      throw new Error(`${stackName}: ${left.StackStatus}\n${await failures(stackName, client)}`);
    }
  }
}

/** Every template has a parameter that reads this one: what `cdk bootstrap` leaves in an account. */
const pretendBootstrap = () =>
  asRoot(SSMClient).send(
    new PutParameterCommand({
      Name: "/cdk-bootstrap/hnb659fds/version",
      Value: "30",
      Type: "String",
      Overwrite: true,
    }),
  );

/** The stack once nothing is in progress any more; undefined when it is gone. */
async function settled(name: string, client: CloudFormationClient): Promise<Stack | undefined> {
  for (const until = Date.now() + STACK_LIMIT_MS; Date.now() < until; await sleep(100)) {
    const { Stacks = [] } = await client
      .send(new DescribeStacksCommand({ StackName: name }))
      .catch((error: Error) => {
        if (error.message.includes("does not exist")) return { Stacks: [] };
        throw error;
      });
    if (!Stacks[0]?.StackStatus?.endsWith("_IN_PROGRESS")) return Stacks[0];
  }
  throw new Error(`${name} is still in progress after ${STACK_LIMIT_MS / 1_000} s`);
}

async function failures(name: string, client: CloudFormationClient): Promise<string> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  return StackEvents.filter((event) => event.ResourceStatus?.includes("FAILED"))
    .map((event) => `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`)
    .join("\n");
}

async function resourcesOf(stack: string, client: CloudFormationClient): Promise<Resource[]> {
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stack }));
  return StackResources.map(({ LogicalResourceId = "", ResourceType = "", PhysicalResourceId = "" }) => ({
    stack,
    logicalId: LogicalResourceId,
    type: ResourceType,
    physicalId: PhysicalResourceId,
  }));
}
