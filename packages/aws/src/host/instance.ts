import { DescribeInstancesCommand, type EC2Client, type Instance } from "@aws-sdk/client-ec2";
import { DescribeInstanceInformationCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { SluiceError } from "@sluice/core/errors";

export interface HostInstance {
  state: "pending" | "running" | "stopping" | "stopped" | "terminated";
  /** Epoch ms of the last start, in whole seconds. */
  startedAt: number;
}

/** Throws `world.misconfigured` when there is no such instance. */
export async function describeInstance(ec2: EC2Client, instanceId: string): Promise<HostInstance> {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const instance = Reservations?.[0]?.Instances?.[0];
  if (!instance) throw gone(instanceId, "does not exist");
  return { state: stateOf(instance), startedAt: instance.LaunchTime?.getTime() ?? 0 };
}

function stateOf({ State }: Instance): HostInstance["state"] {
  switch (State?.Name) {
    case "pending":
    case "running":
    case "stopping":
    case "stopped":
      return State.Name;
    default:
      return "terminated"; // or on the way there: `shutting-down`
  }
}

export const gone = (instanceId: string, how: string) =>
  new SluiceError(
    "world.misconfigured",
    `The host ${instanceId} ${how}`,
    "CloudFormation does not notice: deploy the stage with another SLUICE_DISK_GB, which makes a new host.",
  );

/** What SSM knows of the instance's agent; undefined: it has never been heard of. */
export async function describeAgent(
  ssm: SSMClient,
  instanceId: string,
): Promise<{ isOnline: boolean; seenAt: number } | undefined> {
  const Filters = [{ Key: "InstanceIds", Values: [instanceId] }];
  const answer = await ssm.send(new DescribeInstanceInformationCommand({ Filters }));
  const agent = answer.InstanceInformationList?.find(({ InstanceId }) => InstanceId === instanceId);
  return agent && { isOnline: agent.PingStatus === "Online", seenAt: agent.LastPingDateTime?.getTime() ?? 0 };
}
