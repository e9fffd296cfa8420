import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Blobs, CommandStatus, Commands, Documents } from "@sluice/core/ports";
import { sdk } from "../clients";
import type { StageOfHost } from "./command-line";
import { type Invocation, lookAtInvocation } from "./invocation";
import { whyLost } from "./lost";
import { blobsOf, changeRecord, type Record, readRecord } from "./record";
import { cancelSent, findSent, isStale, recordSent, sendOnce } from "./send";
import { lastLines } from "./tail";

export type { StageOfHost } from "./command-line";

/**
 * Runs command lines on the host by SSM Run Command. A document says what was sent; `sluice-host` on the host keeps
 * the output and the exit code in blobs, which outlive the host and count for more than what SSM says.
 *
 * @param claimMs a command that was claimed and not sent for so long was left by a sender that died
 * @param agentGoneMs an agent that was not heard of for so long is gone, and its commands with it
 */
export function ssmCommands(
  options: StageOfHost & {
    instanceId: string;
    documents: Documents;
    blobs: Blobs;
    ssm?: SSMClient;
    ec2?: EC2Client;
    claimMs?: number;
    agentGoneMs?: number;
    pauseMs?: number;
  },
): Commands {
  const {
    instanceId,
    documents,
    blobs,
    claimMs = 120_000,
    agentGoneMs = 15 * 60_000,
    pauseMs = 1_000,
  } = options;
  const { ssm = sdk(SSMClient), ec2 = sdk(EC2Client) } = options;
  // Sending is tried again by `sendOnce`, which looks first whether it was sent.
  const sender = {
    ssm: sdk(SSMClient, { maxAttempts: 1 }),
    documents,
    instanceId,
    stage: options,
    claimMs,
    pauseMs,
  };

  /** SSM's id of it, from the document, or from SSM where the sender died before it wrote it down. */
  async function sentOf(record: Record): Promise<Sent | undefined> {
    if (record.sent) return record.sent;
    if (!isStale(record, Date.now(), claimMs)) return undefined;
    const found = await findSent(record.id, { ssm, instanceId });
    return found && (await recordSent(record.id, found, { documents })).sent;
  }

  async function declareLost(id: string, why: string): Promise<"lost"> {
    await changeRecord(documents, id, (current) => (current.lost ? current : { ...current, lost: why }));
    return "lost";
  }

  async function readExitCode(id: string): Promise<number | undefined> {
    const { exitCode } = blobsOf(id);
    return (await blobs.has(exitCode)) ? Number((await blobs.get(exitCode)).toString()) : undefined;
  }

  /** One that SSM holds for running: unless whatever runs it is gone. */
  async function running(record: Record, sent: Sent): Promise<Outcome> {
    const why = await whyLost(sent, { ec2, ssm, instanceId, agentGoneMs });
    if (!why) return { state: "running" };
    const exitCode = await readExitCode(record.id); // it may have ended just before
    if (exitCode !== undefined) return ended(exitCode);
    return { state: record.isCancelled ? "cancelled" : await declareLost(record.id, why) };
  }

  async function outcome(record: Record, sent: Sent, invocation: Invocation): Promise<Outcome> {
    if (invocation.state === "running") return running(record, sent);
    if (invocation.state === "cancelled") return { state: "cancelled" };
    const exitCode = await readExitCode(record.id);
    if (exitCode !== undefined) return ended(exitCode);
    if (record.isCancelled) return { state: "cancelled" };
    if (invocation.state === "lost") return { state: await declareLost(record.id, invocation.why) };
    return ended(invocation.exitCode);
  }

  async function unsent(record: Record): Promise<Outcome> {
    if (!isStale(record, Date.now(), claimMs)) return { state: "running" };
    return { state: record.isCancelled ? "cancelled" : await declareLost(record.id, "It was never sent") };
  }

  async function tailOf(id: string, said: string | undefined): Promise<string | undefined> {
    const { output } = blobsOf(id);
    const text = (await blobs.has(output)) ? (await blobs.get(output)).toString() : said;
    return text ? lastLines(text) : undefined;
  }

  return {
    release: options.release,

    send: (command) => sendOnce(command, sender),

    async status(id) {
      const record = await readRecord(documents, id);
      if (!record || (record.claim.at === null && !record.sent)) return undefined;
      const sent = record.lost ? record.sent : await sentOf(record);
      const invocation = sent && (await lookAtInvocation(ssm, sent, instanceId));
      const tail = await tailOf(id, invocation?.output);
      const withTail = (found: Outcome) => ({ ...found, ...(tail && { tail }) });
      if (record.lost) return withTail({ state: "lost" });
      return withTail(sent && invocation ? await outcome(record, sent, invocation) : await unsent(record));
    },

    async cancel(id) {
      const record = await readRecord(documents, id);
      if (!record || record.lost) return;
      await changeRecord(documents, id, (current) =>
        current.isCancelled ? current : { ...current, isCancelled: true },
      );
      const sent = await sentOf(record);
      if (!sent) return; // its sender cancels it
      await cancelSent(sent.commandId, { ssm, instanceId });
    },
  };
}

type Sent = NonNullable<Record["sent"]>;
type Outcome = Omit<CommandStatus, "tail">;

/** 128 + SIGKILL: no program ends itself so; mostly the machine has run out of memory. */
const KILLED = 137;

function ended(exitCode: number): Outcome {
  if (exitCode === KILLED) return { state: "lost" };
  return { state: exitCode === 0 ? "succeeded" : "failed", exitCode };
}
