import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateDescribeStacks,
  paginateListStackResources,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import { sdk } from "../clients";

export interface Resource {
  /** Its name in the template. */
  logicalId: string;
  /** Its name in the account. */
  physicalId: string;
  type: string;
  /** The template says that it outlives its stack. */
  isRetained: boolean;
}
export interface StackOfStage {
  name: string;
  id: string;
  resources: Resource[];
}

/** CloudFormation, as far as removing needs it. */
export type Cloud = { client: CloudFormationClient; pollMs: number };

export const cloud = ({ region, pollMs = 5_000 }: { region?: string; pollMs?: number } = {}): Cloud => ({
  client: sdk(CloudFormationClient, region ? { region } : {}),
  pollMs,
});

/** The stage's stacks, newest first: one that uses another was made after it. SST names them stage-app-Stack. */
export async function stacksOf(prefix: string, { client }: Cloud): Promise<StackOfStage[]> {
  const found: Stack[] = [];
  for await (const page of paginateDescribeStacks({ client }, {})) {
    for (const stack of page.Stacks ?? []) {
      const { StackName = "", StackStatus } = stack;
      const rest = StackName.startsWith(prefix) ? StackName.slice(prefix.length) : "";
      if (/^[A-Za-z0-9]+$/.test(rest) && StackStatus !== "DELETE_COMPLETE") found.push(stack);
    }
  }
  const age = ({ CreationTime }: Stack) => CreationTime?.getTime() ?? 0;
  // Those made in the same second stand in the order in which CloudFormation lists them: the newest first.
  found.sort((a, b) => age(b) - age(a));
  return Promise.all(
    found.map(async ({ StackName: name = "", StackId: id = "" }) => ({
      name,
      id,
      resources: await resourcesOf(id, client),
    })),
  );
}

async function resourcesOf(StackName: string, client: CloudFormationClient): Promise<Resource[]> {
  const { TemplateBody = "" } = await client.send(new GetTemplateCommand({ StackName }));
  const template = parseJson(TemplateBody) as
    | { Resources?: Record<string, { DeletionPolicy?: string }> }
    | undefined;
  const resources: Resource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const {
      LogicalResourceId = "",
      PhysicalResourceId,
      ResourceType = "",
      ResourceStatus,
    } of page.StackResourceSummaries ?? []) {
      if (!PhysicalResourceId || ResourceStatus === "DELETE_COMPLETE") continue;
      const isRetained = template?.Resources?.[LogicalResourceId]?.DeletionPolicy === "Retain";
      resources.push({
        logicalId: LogicalResourceId,
        physicalId: PhysicalResourceId,
        type: ResourceType,
        isRetained,
      });
    }
  }
  return resources;
}

/**
 * Deletes the stack and waits until it is gone. `keep` are resources that stay behind for a reason: CloudFormation lets
 * go of them only after a deletion that failed because of them.
 *
 * Throws `world.conflict` naming the resource that could not be deleted.
 */
export async function deleteStack(
  stack: StackOfStage,
  keep: string[],
  { client, pollMs }: Cloud,
): Promise<void> {
  const request = async (RetainResources: string[]) => {
    await client.send(
      new DeleteStackCommand({ StackName: stack.id, ...(RetainResources.length > 0 && { RetainResources }) }),
    );
    return gone(stack.id, { client, pollMs });
  };
  let status = await statusOf(stack.id, client);
  if (status !== "DELETE_FAILED" || keep.length === 0) status = await request([]);
  if (status === "DELETE_FAILED" && keep.length > 0) status = await request(keep);
  if (status === "DELETE_FAILED") throw await failure(stack, client);
}

async function gone(id: string, { client, pollMs }: Cloud): Promise<string | undefined> {
  for (;;) {
    const status = await statusOf(id, client);
    if (!status?.endsWith("_IN_PROGRESS")) return status;
    await sleep(pollMs);
  }
}

/** Undefined once it is deleted. */
async function statusOf(StackName: string, client: CloudFormationClient): Promise<string | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const status = Stacks?.[0]?.StackStatus;
    return status === "DELETE_COMPLETE" ? undefined : status;
  } catch (error) {
    if (/does not exist/.test(String(error))) return undefined;
    throw error;
  }
}

async function failure({ name, id }: StackOfStage, client: CloudFormationClient): Promise<SluiceError> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: id }));
  const causes = StackEvents.filter(
    (event) => event.ResourceStatus === "DELETE_FAILED" && event.PhysicalResourceId !== id,
  ).map((event) => `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`);
  const what = [...new Set(causes)].join("; ") || "CloudFormation gives no reason";
  return new SluiceError(
    "world.conflict",
    `Stack ${name} could not be deleted: ${what}`,
    "Mend that, and run destroy again: it goes on where it stopped.",
  );
}
