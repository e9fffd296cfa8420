import { randomUUID } from "node:crypto";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { mapLimit } from "@sluice/core/map-limit";
import { onTestFinished } from "vitest";
import { s3Blobs } from "../blobs";
import { sdk } from "../clients";

const own = (what: string) => `${what}-${randomUUID()}`;

/** A bucket of its own, removed when the test has finished. */
export async function testBucket(): Promise<string> {
  const client = sdk(S3Client);
  const Bucket = own("blobs");
  await client.send(new CreateBucketCommand({ Bucket }));
  onTestFinished(async () => {
    const blobs = s3Blobs({ bucket: Bucket });
    await mapLimit(await blobs.list(""), 16, blobs.remove);
    await client.send(new DeleteBucketCommand({ Bucket }));
  });
  return Bucket;
}

/** A documents table of its own, as the storage stack makes it, removed when the test has finished. */
export async function testTable(): Promise<string> {
  const client = sdk(DynamoDBClient);
  const TableName = own("documents");
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "collection", AttributeType: "S" },
        { AttributeName: "key", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "collection", KeyType: "HASH" },
        { AttributeName: "key", KeyType: "RANGE" },
      ],
    }),
  );
  onTestFinished(async () => void (await client.send(new DeleteTableCommand({ TableName }))));
  return TableName;
}

/** The ARN of a role that the service may take on, with no rights; removed when the test has finished. */
export async function testRole(service: "states" | "lambda"): Promise<string> {
  const client = sdk(IAMClient);
  const RoleName = own("role");
  const Principal = { Service: `${service}.amazonaws.com` };
  const { Role } = await client.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal }],
      }),
    }),
  );
  onTestFinished(async () => void (await client.send(new DeleteRoleCommand({ RoleName }))));
  return Role?.Arn ?? "";
}
