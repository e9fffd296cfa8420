import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { S3Client } from "@aws-sdk/client-s3";
import { DescribeInstanceInformationCommand, SSMClient } from "@aws-sdk/client-ssm";
import { readJson } from "@sluice/core/json-blob";
import * as z from "zod";
import { s3Blobs } from "../blobs";
import { sdk } from "../clients";
import type { StageWorld } from "../stage";
import { ask, type Check, missing, odd, ok } from "./check";

/** What the host reports of its own set-up at the end of each boot; see deploy/host/bin/sluice-setup. */
const SETUP_KEY = "host/setup.json";
const Setup = z.object({ state: z.enum(["ready", "failed"]), step: z.string(), at: z.string() });
/** CloudFormation looks at its templates, not at what has become of the machine. */
const REPLACE = "Deploy the stage with another SLUICE_DISK_GB (one more will do): that makes a new host.";
const SEE_SETUP = "On the host: journalctl -u sluice-setup; it tries again at the next start.";

/** The machine, whether commands reach it, and how its own set-up went. */
export async function hostChecks(world: StageWorld): Promise<Check[]> {
  const machine = await ask("host", REPLACE, () => machineChecks(world));
  if (machine.some(({ name, state }) => name === "host" && state === "missing")) return machine;
  return [...machine, ...(await ask("host set-up", SEE_SETUP, () => setupCheck(world)))];
}

async function machineChecks({ instanceId, region }: StageWorld): Promise<Check[]> {
  const { Reservations } = await sdk(EC2Client, { region }).send(
    new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
  );
  const instance = Reservations?.[0]?.Instances?.[0];
  const state = instance?.State?.Name ?? "gone";
  if (!instance || state === "terminated" || state === "shutting-down")
    return [missing("host", `${instanceId} is ${state}`, REPLACE)];
  const profile = instance.IamInstanceProfile?.Arn;
  return [
    ok("host", `${instanceId}, ${instance.InstanceType}, ${state}`),
    profile
      ? ok("host role", profile.split("/").at(-1) ?? profile)
      : missing("host role", `${instanceId} has none: no command reaches it`, REPLACE),
    ...(await ask("host agent", REPLACE, () => agentCheck(instanceId, state, region))),
  ];
}

async function agentCheck(instanceId: string, state: string, region: string): Promise<Check> {
  const { InstanceInformationList } = await sdk(SSMClient, { region }).send(
    new DescribeInstanceInformationCommand({ Filters: [{ Key: "InstanceIds", Values: [instanceId] }] }),
  );
  const agent = InstanceInformationList?.find((one) => one.InstanceId === instanceId);
  const version = agent?.AgentVersion ? `, agent ${agent.AgentVersion}` : "";
  if (state !== "running") return ok("host agent", `asleep with its host${version}`);
  if (agent?.PingStatus === "Online") return ok("host agent", `online${version}`);
  return missing(
    "host agent",
    agent ? `${agent.PingStatus}${version}` : "Session Manager has never heard of it",
    "Just started? Wait a minute. Else see its role, and whether its subnet has a way out.",
  );
}

async function setupCheck({ bucket, region }: StageWorld): Promise<Check> {
  const blobs = s3Blobs({ bucket, client: sdk(S3Client, { region }) });
  if (!(await blobs.has(SETUP_KEY)))
    return odd(
      "host set-up",
      "not reported yet",
      `It takes some minutes after the first start. ${SEE_SETUP}`,
    );
  const { state, step, at } = await readJson(SETUP_KEY, Setup, { blobs });
  if (state === "ready") return ok("host set-up", `all there since ${at}`);
  return missing("host set-up", `failed at ${step}, ${at}`, SEE_SETUP);
}
