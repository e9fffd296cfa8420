import { ssmCommands } from "@sluice/aws/commands/index";
import { readEnv } from "@sluice/aws/env";
import { ec2Host } from "@sluice/aws/host/index";
import { blobs, documents } from "./ports";

/** The stage's machine, and commands on it. */
export const host = () => ec2Host({ instanceId: readEnv(["instanceId"]).instanceId });

export function commands() {
  const { hostRelease, ...stage } = readEnv([
    "stage",
    "bucket",
    "table",
    "region",
    "instanceId",
    "hostRelease",
  ]);
  return ssmCommands({ ...stage, release: hostRelease, documents: documents(), blobs: blobs() });
}
