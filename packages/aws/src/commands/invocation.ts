import {
  GetCommandInvocationCommand,
  type GetCommandInvocationResult,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { orElse } from "../failures";

/** SSM does not know of a command in the first moments after it took it. */
const SETTLE_MS = 60_000;

/** What SSM says of a command, in our words. */
export type Invocation = { output?: string } & (
  | { state: "running" }
  | { state: "cancelled" }
  | { state: "ended"; exitCode: number }
  | { state: "lost"; why: string }
);

export async function lookAtInvocation(
  ssm: SSMClient,
  sent: { commandId: string; at: number },
  instanceId: string,
): Promise<Invocation> {
  const command = new GetCommandInvocationCommand({ CommandId: sent.commandId, InstanceId: instanceId });
  const found = await ssm.send(command).catch(orElse("InvocationDoesNotExist", undefined));
  if (found) return { ...inOurWords(found), output: outputOf(found) };
  if (Date.now() - sent.at < SETTLE_MS) return { state: "running" };
  return { state: "lost", why: "SSM does not know it" }; // it forgets commands after 30 days
}

/**
 * Of the states in "Understanding command statuses" of the AWS Systems Manager User Guide. A `ResponseCode` of -1 is
 * that of a command which did not run, or of which the agent does not know how it ended.
 */
export function inOurWords(found: GetCommandInvocationResult): Invocation {
  const { Status, StatusDetails = "", ResponseCode = -1 } = found;
  const details = StatusDetails.replaceAll(" ", "");
  switch (Status) {
    case "Pending":
    case "InProgress":
    case "Delayed":
    case "Cancelling":
      return { state: "running" };
    case "Success":
      return { state: "ended", exitCode: 0 };
    case "Cancelled":
      return { state: "cancelled" };
    case "TimedOut":
      if (details === "DeliveryTimedOut") return { state: "lost", why: "SSM could not deliver it" };
      return { state: "ended", exitCode: TIMED_OUT };
    default: // Failed
      if (ResponseCode > 0) return { state: "ended", exitCode: ResponseCode };
      return { state: "lost", why: `SSM says ${details || Status}` };
  }
}

/** As timeout(1) answers. */
const TIMED_OUT = 124;

const outputOf = ({ StandardOutputContent = "", StandardErrorContent = "" }: GetCommandInvocationResult) =>
  `${StandardOutputContent}${StandardErrorContent}`;
