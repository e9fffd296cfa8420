import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SluiceError } from "@sluice/core/errors";
import { expect, onTestFinished, test } from "vitest";
import { s3Blobs } from "./blobs";
import { sdk } from "./clients";
import { clearError } from "./errors";

const KEYS = { accessKeyId: "test", secretAccessKey: "test" };

/** A server that answers as AWS does where the emulator does not; and clients of it. */
async function aws(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return clients(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
function clients(endpoint: string) {
  const settings = { endpoint, region: "eu-west-1", credentials: KEYS, forcePathStyle: true, maxAttempts: 1 };
  const s3 = sdk(S3Client, settings);
  return { s3, dynamo: sdk(DynamoDBClient, settings), blobs: s3Blobs({ bucket: "data", client: s3 }) };
}
const xml = (code: string, message: string, more = "") =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
const json = (type: string, message: string) => JSON.stringify({ __type: type, message });
const ask = (client: DynamoDBClient) =>
  client.send(new GetItemCommand({ TableName: "documents", Key: { key: { S: "a" } } }));

test.each([
  [
    "com.amazon.coral.service#AccessDeniedException",
    "User: arn:aws:sts::1:assumed-role/commit/x is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:eu-west-1:1:table/documents because no identity-based policy allows the dynamodb:GetItem action",
    "world.denied",
    "DynamoDB GetItem on table documents: arn:aws:sts::1:assumed-role/commit/x may not dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:1:table/documents",
  ],
  [
    "ExpiredTokenException",
    "The security token included in the request is expired",
    "world.credentials",
    "expired",
  ],
  [
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    "world.credentials",
    "unknown",
  ],
  [
    "ResourceNotFoundException",
    "Requested resource not found",
    "world.misconfigured",
    "on table documents: there is none",
  ],
  ["ThrottlingException", "Rate exceeded", "world.throttled", "asked too often"],
  ["ProvisionedThroughputExceededException", "…", "world.throttled", "asked too often"],
])("%s of a table is named", async (type, message, code, said) => {
  const { dynamo } = await aws((_, response) => void response.writeHead(400).end(json(type, message)));
  const error = await ask(dynamo).catch((e: unknown) => e);
  expect(error).toMatchObject({ code, message: expect.stringContaining(said) });
  expect((error as SluiceError).hint).not.toBe("");
});

test.each([
  [
    403,
    "AccessDenied",
    "Access Denied",
    "world.denied",
    "S3 GetObject on bucket data, key a: access is denied",
  ],
  [
    403,
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist",
    "world.credentials",
    "key a",
  ],
  [403, "RequestTimeTooSkewed", "The difference is too large", "world.credentials", "clock"],
  [
    404,
    "NoSuchBucket",
    "The specified bucket does not exist",
    "world.misconfigured",
    "bucket data, key a: there is none",
  ],
  [
    301,
    "PermanentRedirect",
    "The bucket must be addressed otherwise",
    "world.misconfigured",
    "another region",
  ],
  [
    400,
    "AuthorizationHeaderMalformed",
    "the region 'eu-west-1' is wrong",
    "world.misconfigured",
    "another region",
  ],
  [503, "SlowDown", "Please reduce your request rate.", "world.throttled", "asked too often"],
])("%s %s of a bucket is named", async (status, code, message, expected, said) => {
  const { blobs } = await aws((_, response) => void response.writeHead(status).end(xml(code, message)));
  await expect(blobs.get("a")).rejects.toMatchObject({
    code: expected,
    message: expect.stringContaining(said),
  });
});

test("an answer to HEAD, which has no body, is named by its status", async () => {
  const { s3 } = await aws((_, response) => void response.writeHead(301).end());
  const head = s3.send(new HeadObjectCommand({ Bucket: "data", Key: "a" }));
  await expect(head).rejects.toMatchObject({ code: "world.misconfigured" });
});

test.each(["http://127.0.0.1:1", "http://nowhere.invalid"])(
  "%s does not answer, and that is said",
  async (endpoint) => {
    const { dynamo, blobs } = clients(endpoint);
    const unreachable = { code: "world.unreachable" };
    await expect(ask(dynamo)).rejects.toMatchObject(unreachable);
    await expect(blobs.has("a")).rejects.toMatchObject(unreachable);
  },
);

test("without credentials or a region it says which", async () => {
  const noProvider = async () => {
    throw Object.assign(new Error("Could not load credentials from any providers"), {
      name: "CredentialsProviderError",
    });
  };
  const client = new DynamoDBClient({ region: "eu-west-1", credentials: noProvider });
  const raw = await ask(client).catch((e: unknown) => e);
  expect(clearError(raw)).toMatchObject({ code: "world.credentials" });
  expect(clearError(new Error("Region is missing"))).toMatchObject({ code: "world.misconfigured" });
});

test("what has another reason is given back as it is", () => {
  for (const error of [new Error("no"), new SluiceError("host.lost", "gone"), "text"]) {
    expect(clearError(error)).toBe(error);
  }
});
