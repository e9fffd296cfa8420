import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { sdk } from "../clients";
import { s3Blobs } from "./index";

/** Blobs of a server that does what the emulator does not: it refuses, and it breaks off. */
async function blobsOf(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  const client = sdk(S3Client, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    forcePathStyle: true,
  });
  return s3Blobs({ bucket: "data", client });
}
const denied = (action: string) =>
  `<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::1:assumed-role/predict/x is not authorized to perform: ${action} on resource: "arn:aws:s3:::data" because no identity-based policy allows the ${action} action</Message></Error>`;

const BODY = Buffer.alloc(300_000, "sluice");

test.each([1, 3])("a connection that is cut in the middle %s times is made again", async (cuts) => {
  let asked = 0;
  const blobs = await blobsOf((_, response) => {
    response.writeHead(200, { "content-length": BODY.length });
    if (++asked > cuts) return void response.end(BODY);
    response.write(BODY.subarray(0, 100_000), () => response.destroy());
  });
  expect((await blobs.get("a")).equals(BODY)).toBe(true);
  expect(asked).toBe(cuts + 1);
});

test("one that is always cut is told, and half a blob never given", async () => {
  const blobs = await blobsOf((_, response) => {
    response.writeHead(200, { "content-length": BODY.length });
    response.write(BODY.subarray(0, 100_000), () => response.destroy());
  });
  await expect(blobs.get("a")).rejects.toMatchObject({
    code: "world.unreachable",
    message: expect.stringContaining("s3://data/a does not arrive whole"),
  });
});

test("bytes that were harmed on their way are asked for again", async () => {
  let asked = 0;
  const blobs = await blobsOf((_, response) => {
    const body = ++asked === 1 ? "slu1ce" : "sluice";
    response.writeHead(200, { "content-length": 6, "x-amz-checksum-crc32": "CFlJMg==" }).end(body);
  });
  expect((await blobs.get("a")).toString()).toBe("sluice");
  expect(asked).toBe(2);
});

test("to whom may not list the bucket, a missing blob is still a missing blob", async () => {
  const blobs = await blobsOf(({ method }, response) => {
    response.writeHead(403).end(method === "HEAD" ? undefined : denied("s3:ListBucket"));
  });
  expect(await blobs.has("a")).toBe(false);
  await expect(blobs.get("a")).rejects.toMatchObject({ code: "blob.missing" });
});

test("who may not read gets no answer, but is told what is missing", async () => {
  const blobs = await blobsOf(({ method }, response) => {
    response.writeHead(403).end(method === "HEAD" ? undefined : denied("s3:GetObject"));
  });
  for (const ask of [blobs.has, blobs.get]) {
    await expect(ask("a")).rejects.toMatchObject({
      code: "world.denied",
      message:
        "S3 GetObject on bucket data, key a: arn:aws:sts::1:assumed-role/predict/x may not s3:GetObject on arn:aws:s3:::data",
    });
  }
});
