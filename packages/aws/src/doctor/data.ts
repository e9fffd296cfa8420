import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { sdk } from "../clients";
import type { StageWorld } from "../stage";
import { ask, type Check, missing, ok } from "./check";

const DEPLOY = "Deploy the stage again.";

/** Where everything is kept. */
export async function dataChecks(world: StageWorld): Promise<Check[]> {
  const where = { region: world.region };
  const s3 = sdk(S3Client, where);
  const checks = await Promise.all([
    ask("data bucket", DEPLOY, async () => {
      await s3.send(new HeadBucketCommand({ Bucket: world.bucket }));
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: world.bucket }));
      if (Status === "Enabled") return ok("data bucket", `${world.bucket}, versioned`);
      return missing("data bucket", `${world.bucket} keeps no versions: what is overwritten is lost`, DEPLOY);
    }),
    ask("audit bucket", DEPLOY, async () => {
      const { ObjectLockConfiguration: lock } = await s3.send(
        new GetObjectLockConfigurationCommand({ Bucket: world.auditBucket }),
      );
      const { Mode, Days } = lock?.Rule?.DefaultRetention ?? {};
      if (lock?.ObjectLockEnabled === "Enabled" && Mode)
        return ok("audit bucket", `${world.auditBucket}, locked for ${Days} days (${Mode.toLowerCase()})`);
      return missing(
        "audit bucket",
        `${world.auditBucket} has no Object Lock: its trail can be changed`,
        DEPLOY,
      );
    }),
    ask("documents", DEPLOY, async () => {
      const { Table } = await sdk(DynamoDBClient, where).send(
        new DescribeTableCommand({ TableName: world.table }),
      );
      if (Table?.TableStatus === "ACTIVE") return ok("documents", `${world.table}, active`);
      return missing("documents", `${world.table} is ${Table?.TableStatus}`, "Wait a minute and look again.");
    }),
  ]);
  return checks.flat();
}
