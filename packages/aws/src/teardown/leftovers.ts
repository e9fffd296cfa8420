import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  paginateDescribeLogGroups,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeInstancesCommand,
  EC2Client,
  StopInstancesCommand,
  waitUntilInstanceStopped,
} from "@aws-sdk/client-ec2";
import { DeleteParametersCommand, paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import { sdk } from "../clients";

type Where = { region?: string };
const STOPPING_SECONDS = 600;
/** SSM takes so many names in one call. */
const NAMES = 10;

/** Stops the machine and waits for it: what runs on it must not write into buckets that are being emptied. */
export async function stopInstance(instanceId: string, where: Where): Promise<boolean> {
  const client = sdk(EC2Client, where);
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const state = Reservations?.[0]?.Instances?.[0]?.State?.Name;
  if (state !== "running" && state !== "pending" && state !== "stopping") return false;
  await client.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
  await waitUntilInstanceStopped(
    { client, maxWaitTime: STOPPING_SECONDS, minDelay: 1 },
    { InstanceIds: [instanceId] },
  );
  return true;
}

/** Log groups that Lambda made for functions of the tools, outside of any stack. */
export async function removeLogGroups(logGroupNamePrefix: string, where: Where): Promise<string[]> {
  const client = sdk(CloudWatchLogsClient, where);
  const names: string[] = [];
  for await (const page of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
    for (const { logGroupName } of page.logGroups ?? []) if (logGroupName) names.push(logGroupName);
  }
  for (const logGroupName of names) await client.send(new DeleteLogGroupCommand({ logGroupName }));
  return names;
}

/** Parameters under the path that no stack took along. */
export async function removeParameters(Path: string, where: Where): Promise<string[]> {
  const client = sdk(SSMClient, where);
  const names: string[] = [];
  for await (const page of paginateGetParametersByPath({ client }, { Path, Recursive: true })) {
    for (const { Name } of page.Parameters ?? []) if (Name) names.push(Name);
  }
  for (let at = 0; at < names.length; at += NAMES)
    await client.send(new DeleteParametersCommand({ Names: names.slice(at, at + NAMES) }));
  return names;
}
