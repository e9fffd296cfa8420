import {
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { eventually } from "@sluice/core/testing/contracts/make";
import { onTestFinished } from "vitest";
import { sdk } from "../clients";
import { describeAgent, describeInstance } from "../host/instance";

const ec2 = sdk(EC2Client);

/** An instance of the running test, running, with its agent online; terminated after it. */
export async function runningInstance(): Promise<string> {
  const instanceId = await launch();
  await eventually(
    () => describeAgent(sdk(SSMClient), instanceId),
    (agent) => agent?.isOnline === true,
  );
  return instanceId;
}

/** An instance of the running test, stopped; terminated after it. */
export async function testInstance(): Promise<string> {
  const instanceId = await launch();
  await ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
  await eventually(
    () => describeInstance(ec2, instanceId),
    ({ state }) => state === "stopped",
  );
  return instanceId;
}

async function launch(): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: "ami-0", InstanceType: "t3.large", MinCount: 1, MaxCount: 1 }),
  );
  const instanceId = Instances?.[0]?.InstanceId ?? "";
  onTestFinished(
    async () => void (await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }))),
  );
  return instanceId;
}
