import type { EC2Client } from "@aws-sdk/client-ec2";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { describeAgent, describeInstance } from "../host/instance";

/**
 * Why a command that SSM holds for running does not run any more; undefined: it may. A host that is gone tells nobody,
 * and SSM waits until the command's time is over.
 */
export async function whyLost(
  sent: { at: number },
  world: { ec2: EC2Client; ssm: SSMClient; instanceId: string; agentGoneMs: number },
): Promise<string | undefined> {
  const { state, startedAt } = await describeInstance(world.ec2, world.instanceId);
  if (state === "stopped" || state === "terminated") return `The host is ${state}`;
  if (state === "stopping") return undefined; // it may still say how it ended
  if (startedAt > sent.at) return "The host was started again since";
  const agent = await describeAgent(world.ssm, world.instanceId);
  if (agent && !agent.isOnline && Date.now() - agent.seenAt > world.agentGoneMs)
    return "The host's SSM agent is gone";
  return undefined;
}
