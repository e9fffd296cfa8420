import type { Upload } from "@sluice/core/ports";
import { expect, test } from "vitest";
import { s3Blobs } from "../blobs";
import { testBucket } from "../testing";
import { s3Uploads } from "./index";

const KEY = "incoming/b1/images/meter 1.jpg";
/** Of "photo". */
const SHA256 = "55c64d0fcd6f9d5f7c828093857e3fdfda68478bb4e9bd24d481ef391c7804e8";

async function post({ url, fields = {} }: Upload, body: string, changed: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...changed })) form.set(name, value);
  form.set("file", new Blob([body]));
  const response = await fetch(url, { method: "POST", body: form });
  return { status: response.status, text: await response.text() };
}

async function setUp({ expiresSeconds = 60 } = {}) {
  const bucket = await testBucket();
  return { blobs: s3Blobs({ bucket }), uploads: s3Uploads({ bucket, expiresSeconds }) };
}

test("a file of the announced size arrives under its key", async () => {
  const { blobs, uploads } = await setUp();
  const upload = await uploads.presign({ key: KEY, bytes: 5 });
  expect(upload.method).toBe("POST");
  expect(upload.expiresAt).toBeGreaterThan(Date.now() + 50_000);
  expect((await post(upload, "photo")).status).toBe(204);
  expect((await blobs.get(KEY)).toString()).toBe("photo");
  expect(await uploads.arrived("incoming/b1/")).toEqual(new Map([[KEY, 5]]));
  expect(await uploads.arrived("incoming/b2/")).toEqual(new Map());
});

test.each([
  ["larger", "photos", 400, "EntityTooLarge"],
  ["smaller", "phot", 400, "EntityTooSmall"],
])("a %s file is refused", async (_, body, status, code) => {
  const { blobs, uploads } = await setUp();
  const answer = await post(await uploads.presign({ key: KEY, bytes: 5 }), body);
  expect(answer).toMatchObject({ status, text: expect.stringContaining(code) });
  expect(await blobs.list("")).toEqual([]);
});

test.each(["incoming/b1/_SUCCESS", "incoming/b2/images/meter 1.jpg", "models/1/model.json"])(
  "the form is not good for %s",
  async (key) => {
    const { blobs, uploads } = await setUp();
    expect((await post(await uploads.presign({ key: KEY, bytes: 5 }), "photo", { key })).status).toBe(403);
    expect(await blobs.list("")).toEqual([]);
  },
);

test("the form says which content is meant, and cannot be changed to say another", async () => {
  const { blobs, uploads } = await setUp();
  const upload = await uploads.presign({ key: KEY, bytes: 5, sha256: SHA256 });
  expect(upload.fields?.["x-amz-checksum-sha256"]).toBe(Buffer.from(SHA256, "hex").toString("base64"));
  expect(upload.fields?.["x-amz-checksum-algorithm"]).toBe("SHA256");
  const swapped = { "x-amz-checksum-sha256": Buffer.alloc(32).toString("base64") };
  expect((await post(upload, "photo", swapped)).status).toBe(403);
  expect(await blobs.list("")).toEqual([]);
  expect((await post(upload, "photo")).status).toBe(204);
});

test("a form that has expired, and one that is forged, are refused", async () => {
  const { blobs, uploads } = await setUp({ expiresSeconds: 1 });
  const upload = await uploads.presign({ key: KEY, bytes: 5 });
  const policy = JSON.parse(Buffer.from(upload.fields?.Policy ?? "", "base64").toString());
  const wider = Buffer.from(JSON.stringify({ ...policy, conditions: [["starts-with", "$key", ""]] }));
  expect((await post(upload, "photo", { Policy: wider.toString("base64") })).status).toBe(403);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect(await post(upload, "photo")).toMatchObject({
    status: 403,
    text: expect.stringContaining("expired"),
  });
  expect(await blobs.list("")).toEqual([]);
});
