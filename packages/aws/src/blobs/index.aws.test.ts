import { HeadObjectCommand, ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { blobsContract } from "@sluice/core/testing/contracts";
import { expect, onTestFinished, test } from "vitest";
import { sdk } from "../clients";
import { testBucket } from "../testing";
import { clearFaults, inject } from "../testing/emulator";
import { s3Blobs } from "./index";

blobsContract("a bucket", async () => s3Blobs({ bucket: await testBucket() }));

const MB = 1024 * 1024;
const inParts = async () => {
  const bucket = await testBucket();
  return { bucket, blobs: s3Blobs({ bucket, partBytes: 5 * MB }) };
};

test("a list of over a thousand keys is whole, and sorted by code units", async () => {
  const blobs = s3Blobs({ bucket: await testBucket() });
  const keys = [
    ...Array.from({ length: 1_050 }, (_, i) => `many/${String(i).padStart(4, "0")}`),
    "many/z",
    "many/😀",
    "many/\uff5e",
  ];
  for (let at = 0; at < keys.length; at += 50) {
    await Promise.all(keys.slice(at, at + 50).map((key) => blobs.put(key, "")));
  }
  expect(await blobs.list("many/")).toEqual(keys);
});

test("odd letters in keys come back as they are", async () => {
  const blobs = s3Blobs({ bucket: await testBucket() });
  const keys = ["a+b", "a b", "a%20b", "a&lt;b", "a<b>\"c'", "a?b=c#d", "a\u0001b", "é", "e\u0301"].map(
    (k) => `x/${k}`,
  );
  for (const key of keys) await blobs.put(key, key);
  expect(await blobs.list("x/")).toEqual([...keys].sort());
  for (const key of keys) expect((await blobs.get(key)).toString()).toBe(key);
});

test.each(["", "a//b", "../a", "a/", "a\\b"])("%j is no key, as in the other world", async (key) => {
  const blobs = s3Blobs({ bucket: "nowhere" });
  const refused = { code: "usage.invalid" };
  await expect(blobs.get(key)).rejects.toMatchObject(refused);
  await expect(blobs.put(key, "")).rejects.toMatchObject(refused);
  await expect(blobs.has(key)).rejects.toMatchObject(refused);
  await expect(blobs.remove(key)).rejects.toMatchObject(refused);
});

test("a body in parts is put only where there is none, and leaves no parts behind", async () => {
  const { bucket, blobs } = await inParts();
  const bodies = [1, 2, 3].map((fill) => Buffer.alloc(11 * MB, fill));
  const won = await Promise.all(bodies.map((body) => blobs.put("big", body, { ifAbsent: true })));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect((await blobs.get("big")).equals(bodies[won.indexOf(true)] ?? Buffer.alloc(0))).toBe(true);
  expect(await blobs.put("big", Buffer.alloc(6 * MB), { ifAbsent: true })).toBe(false);
  expect(await blobs.put("big", Buffer.alloc(6 * MB))).toBe(true);
  expect(await blobs.get("big")).toHaveLength(6 * MB);
  const { Uploads = [] } = await sdk(S3Client).send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  expect(Uploads).toEqual([]);
});

test("parts that do not arrive leave nothing behind", async () => {
  const { bucket, blobs } = await inParts();
  onTestFinished(() => clearFaults(bucket));
  await inject({ service: "s3", action: "UploadPart", resource: bucket, code: "InvalidPart" });
  await expect(blobs.put("big", Buffer.alloc(11 * MB))).rejects.toThrow();
  expect(await blobs.has("big")).toBe(false);
  const { Uploads = [] } = await sdk(S3Client).send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  expect(Uploads).toEqual([]);
});

test("every object has a checksum, with which a get is compared", async () => {
  const { bucket, blobs } = await inParts();
  await blobs.put("small", "sluice");
  await blobs.put("big", Buffer.alloc(11 * MB, "sluice"));
  const client = sdk(S3Client);
  for (const Key of ["small", "big"]) {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: "ENABLED" }));
    expect(head.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==/);
  }
});

test.each([
  ["PutObject", 1],
  ["CompleteMultipartUpload", 11 * MB],
])("a %s whose answer is lost has still put, and says so", async (action, bytes) => {
  const { bucket, blobs } = await inParts();
  onTestFinished(() => clearFaults(bucket));
  await inject({ service: "s3", action, resource: bucket, code: "InternalError", status: 500, after: true });
  const body = Buffer.alloc(bytes, "a");
  expect(await blobs.put("key", body, { ifAbsent: true })).toBe(true);
  expect((await blobs.get("key")).equals(body)).toBe(true);
  expect(await blobs.put("key", body, { ifAbsent: true })).toBe(false);
});

test.each(["PutObject", "CompleteMultipartUpload"])(
  "a %s that meets another is tried again",
  async (action) => {
    const { bucket, blobs } = await inParts();
    onTestFinished(() => clearFaults(bucket));
    const meets = {
      service: "s3",
      action,
      resource: bucket,
      code: "ConditionalRequestConflict",
      status: 409,
    };
    const body = Buffer.alloc(action === "PutObject" ? 1 : 11 * MB);
    await inject({ ...meets, count: 2 });
    expect(await blobs.put("key", body, { ifAbsent: true })).toBe(true);

    await inject({ ...meets, count: 100 });
    await expect(blobs.put("other", body, { ifAbsent: true })).rejects.toMatchObject({
      code: "world.conflict",
    });
  },
);

test("a bucket that is not there is named", async () => {
  await expect(s3Blobs({ bucket: "nowhere" }).get("a")).rejects.toMatchObject({
    code: "world.misconfigured",
    message: expect.stringContaining("S3 GetObject on bucket nowhere, key a"),
  });
});
