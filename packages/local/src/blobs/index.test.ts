import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blobsContract } from "@sluice/core/testing/contracts";
import { expect, test } from "vitest";
import { sweepTemp } from "../files/write";
import { testFolder } from "../testing";
import { fileBlobs } from "./index";

blobsContract("a folder", async () => fileBlobs(await testFolder()));

test("a person finds a blob as a file under its key", async () => {
  const dir = await testFolder();
  await fileBlobs(dir).put("jobs/run-1/job.json", '{"runId":"run-1"}');
  expect(await readFile(join(dir, "jobs", "run-1", "job.json"), "utf8")).toBe('{"runId":"run-1"}');
});

test.each([
  "../secret",
  "a/../../secret",
  "/etc/passwd",
  "a\\b",
  "a\0b",
  "",
  "a//b",
  "a/",
  "./a",
  ".tmp/a",
  "x".repeat(256),
])("%j is no key: it is refused, and nothing is touched", async (key) => {
  const dir = await testFolder();
  const blobs = fileBlobs(join(dir, "blobs"));
  await writeFile(join(dir, "secret"), "untouched");
  const refused = { code: "usage.invalid", message: expect.stringContaining("is no key") };

  await expect(blobs.put(key, "x")).rejects.toMatchObject(refused);
  await expect(blobs.get(key)).rejects.toMatchObject(refused);
  await expect(blobs.has(key)).rejects.toMatchObject(refused);
  await expect(blobs.remove(key)).rejects.toMatchObject(refused);
  expect(await readdir(dir)).toEqual(["secret"]);
});

test("a list does not leave the folder", async () => {
  const dir = await testFolder();
  await writeFile(join(dir, "secret"), "");
  const blobs = fileBlobs(join(dir, "blobs"));
  for (const prefix of ["../", "../sec", "/", `${dir}/`]) expect(await blobs.list(prefix)).toEqual([]);
});

test("what a killed writer left is not listed, and swept after a day", async () => {
  const dir = await testFolder();
  const blobs = fileBlobs(dir);
  await blobs.put("a", "whole");
  await writeFile(join(dir, ".tmp", "half"), "wh");
  await writeFile(join(dir, ".tmp", "old-half"), "wh");
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await utimes(join(dir, ".tmp", "old-half"), yesterday, yesterday);

  expect(await blobs.list("")).toEqual(["a"]);
  await sweepTemp(dir);
  expect(await readdir(join(dir, ".tmp"))).toEqual(["half"]);
});

test("a key below another, which a bucket could take, is named as the conflict it is", async () => {
  const dir = await testFolder();
  const blobs = fileBlobs(dir);
  await blobs.put("a/b", "file");
  await expect(blobs.put("a/b/c", "x")).rejects.toMatchObject({ code: "blob.conflict" });
  await expect(blobs.put("a/b/c", "x", { ifAbsent: true })).rejects.toMatchObject({ code: "blob.conflict" });
  await mkdir(join(dir, "folder"));
  await expect(blobs.put("folder", "x")).rejects.toMatchObject({ code: "blob.conflict" });
  await expect(blobs.put("a", "x", { ifAbsent: true })).rejects.toMatchObject({ code: "blob.conflict" });
  expect(await readdir(join(dir, ".tmp"))).toEqual([]);
});
