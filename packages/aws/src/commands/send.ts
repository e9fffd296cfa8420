import { randomUUID } from "node:crypto";
import {
  CancelCommandCommand,
  type Command,
  paginateListCommands,
  SendCommandCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { type ErrorCode, isSluiceError, SluiceError } from "@sluice/core/errors";
import type { Documents } from "@sluice/core/ports";
import { namedAs } from "../failures";
import { executionTimeout, hostLine, type Sent, type StageOfHost } from "./command-line";
import { changeRecord, commandKey, Record } from "./record";

const ATTEMPTS = 5;
/** A command that is not delivered within this time never will be (SSM takes at least 30 s). */
const DELIVERY_SECONDS = 120;
export interface Sender {
  ssm: SSMClient;
  documents: Documents;
  instanceId: string;
  stage: StageOfHost;
  /** A claim without a command is its sender's for so long; past it, the sender has died. */
  claimMs: number;
  pauseMs: number;
}

/** Sends a command once: who claims its document sends it. */
export async function sendOnce(command: Sent, sender: Sender): Promise<void> {
  const mine = await claim(command, sender);
  if (!mine) return;
  try {
    const found = mine.isTakenOver ? await findSent(command.id, sender) : undefined;
    const sent = found ?? (await send(command, sender));
    const { sent: first, isCancelled, lost } = await recordSent(command.id, sent, sender);
    if (isCancelled || lost || first?.commandId !== sent.CommandId) await cancelSent(sent.CommandId, sender);
  } catch (error) {
    if (isRefused(error)) await giveBack(command.id, mine.by, sender);
    throw error;
  }
}

async function claim({ id, line, timeoutSeconds }: Sent, { documents, claimMs }: Sender) {
  const by = randomUUID();
  const now = Date.now();
  let isTakenOver = false;
  const { claim } = await documents.update(commandKey(id), Record, (current) => {
    const isOver = current && !current.sent && !current.lost && isStale(current, now, claimMs);
    isTakenOver = Boolean(isOver) && current?.claim.at !== null;
    if (current && !isOver) return current;
    return { isCancelled: false, ...current, id, line, timeoutSeconds, claim: { by, at: now } };
  });
  return claim.by === by ? { by, isTakenOver } : undefined;
}

export const isStale = ({ claim }: Record, now: number, claimMs: number) =>
  claim.at === null || now - claim.at > claimMs;

async function giveBack(id: string, by: string, { documents }: Sender): Promise<void> {
  await changeRecord(documents, id, (current) =>
    current.claim.by === by && !current.sent ? { ...current, claim: { by, at: null } } : current,
  );
}

/** After an answer that was lost, SSM is asked whether it has the command, so that it is not sent twice. */
async function send(command: Sent, sender: Sender): Promise<Command> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { Command } = await sender.ssm.send(sendCommand(command, sender));
      return Command ?? {};
    } catch (error) {
      if (namedAs(error, "InvalidInstanceId")) throw takesNone(sender.instanceId, error);
      const isAgain = !isRefused(error) || isThrottled(error);
      if (attempt === ATTEMPTS || !isAgain) throw error;
      await new Promise((resolve) => setTimeout(resolve, sender.pauseMs * 2 ** (attempt - 1)));
      const found = isThrottled(error) ? undefined : await findSent(command.id, sender);
      if (found) return found;
    }
  }
}

function sendCommand(command: Sent, { instanceId, stage }: Sender): SendCommandCommand {
  return new SendCommandCommand({
    InstanceIds: [instanceId],
    DocumentName: "AWS-RunShellScript",
    Comment: command.id,
    TimeoutSeconds: DELIVERY_SECONDS,
    Parameters: {
      commands: [hostLine(command, stage)],
      executionTimeout: [executionTimeout(command.timeoutSeconds)],
    },
    OutputS3BucketName: stage.bucket,
    OutputS3KeyPrefix: `commands/${command.id}/ssm`,
  });
}

/** The command as SSM knows it, by its comment; the first one, should there be two. */
export async function findSent(
  id: string,
  { ssm, instanceId }: Pick<Sender, "ssm" | "instanceId">,
): Promise<Command | undefined> {
  const found: Command[] = [];
  for await (const { Commands = [] } of paginateListCommands({ client: ssm }, { InstanceId: instanceId }))
    found.push(...Commands.filter(({ Comment }) => Comment === id));
  return found.sort((a, b) => timeOf(a) - timeOf(b))[0];
}

const timeOf = ({ RequestedDateTime }: Command) => RequestedDateTime?.getTime() ?? 0;

export async function recordSent(
  id: string,
  command: Command,
  { documents }: Pick<Sender, "documents">,
): Promise<Record> {
  const sent = { commandId: command.CommandId ?? "", at: timeOf(command) };
  return changeRecord(documents, id, (current) => (current.sent ? current : { ...current, sent }));
}

export async function cancelSent(
  CommandId: string | undefined,
  { ssm, instanceId }: Pick<Sender, "ssm" | "instanceId">,
): Promise<void> {
  await ssm.send(new CancelCommandCommand({ CommandId, InstanceIds: [instanceId] }));
}

/** AWS answered, and did not do it; else nobody knows. */
const isRefused = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { $metadata, cause } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return (status >= 400 && status < 500) || hasCode(error, "world.credentials") || isRefused(cause);
};
const isThrottled = (error: unknown) => hasCode(error, "world.throttled");
const hasCode = (error: unknown, code: ErrorCode) => isSluiceError(error) && error.code === code;

const takesNone = (instanceId: string, cause: unknown) =>
  new SluiceError(
    "host.lost",
    `The host ${instanceId} takes no commands: it does not run, or its SSM agent does not answer`,
    "Resume the run: that starts the host again.",
    { cause },
  );
