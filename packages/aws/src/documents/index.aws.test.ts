import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { documentsContract } from "@sluice/core/testing/contracts";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { sdk } from "../clients";
import { testTable } from "../testing";
import { clearFaults, inject } from "../testing/emulator";
import { dynamoDocuments } from "./index";

documentsContract("a table", async () => dynamoDocuments({ table: await testTable() }));

const Text = z.object({ text: z.string() });
const Count = z.object({ count: z.number() });
const countUp = (current?: z.infer<typeof Count>) => ({ count: (current?.count ?? 0) + 1 });

test("lists are whole where a table answers in pages of 1 MB, by query and by scan", async () => {
  const documents = dynamoDocuments({ table: await testTable() });
  const text = "x".repeat(300_000);
  const keys = Array.from({ length: 8 }, (_, i) => `runs/big-${i}`);
  await Promise.all(keys.map((key) => documents.update(key, Text, () => ({ text }))));
  await documents.update("registry", Text, () => ({ text }));
  expect(await documents.list("runs/big-")).toEqual(keys);
  expect(await documents.list("r")).toEqual(["registry", ...keys]);
});

test("lists are sorted by code units, with letters beyond 16 bits too", async () => {
  const documents = dynamoDocuments({ table: await testTable() });
  for (const key of ["a/\uff5e", "a/😀", "a/z"]) await documents.update(key, Text, () => ({ text: "x" }));
  expect(await documents.list("a/")).toEqual(["a/z", "a/😀", "a/\uff5e"]);
});

test("a document that an item does not take is named, and nothing written", async () => {
  const documents = dynamoDocuments({ table: await testTable() });
  const almost = { text: "ü".repeat(200_000) };
  expect(await documents.update("runs/a", Text, () => almost)).toEqual(almost);
  const big = documents.update("runs/a", Text, () => ({ text: "ü".repeat(205_000) }));
  await expect(big).rejects.toMatchObject({
    code: "document.invalid",
    message: "Document runs/a would have 401 KB; an item of the table takes 400 KB",
  });
  expect(await documents.read("runs/a", Text)).toEqual(almost);
});

test("what is no key is refused as in the other world", async () => {
  const documents = dynamoDocuments({ table: await testTable() });
  for (const key of ["", "a//b", "../a", "a/"]) {
    await expect(documents.read(key, Text)).rejects.toMatchObject({ code: "usage.invalid" });
    await expect(documents.update(key, Count, countUp)).rejects.toMatchObject({ code: "usage.invalid" });
  }
  expect(await documents.list("")).toEqual([]);
});

test("a write whose answer is lost counts once", async () => {
  const table = await testTable();
  const documents = dynamoDocuments({ table });
  onTestFinished(() => clearFaults(table));
  const lost = { service: "dynamodb", action: "PutItem", resource: table, after: true };
  for (const count of [1, 2]) {
    await inject({ ...lost, code: "InternalServerError", status: 500 });
    expect(await documents.update("counter", Count, countUp)).toEqual({ count });
  }
  expect(await documents.read("counter", Count)).toEqual({ count: 2 });
});

test("throttling is waited out, and named where it does not end", async () => {
  const table = await testTable();
  const client = sdk(DynamoDBClient, { maxAttempts: 3 });
  const documents = dynamoDocuments({ table, client });
  onTestFinished(() => clearFaults(table));
  const throttled = { service: "dynamodb", resource: table, code: "ProvisionedThroughputExceededException" };
  await inject({ ...throttled, count: 2 });
  expect(await documents.update("counter", Count, countUp)).toEqual({ count: 1 });

  await inject({ ...throttled, count: 3 });
  await expect(documents.read("counter", Count)).rejects.toMatchObject({
    code: "world.throttled",
    message: expect.stringContaining(`DynamoDB GetItem on table ${table}`),
  });
});

test("where others are always faster, it gives up and says so", async () => {
  const table = await testTable();
  const documents = dynamoDocuments({ table });
  onTestFinished(() => clearFaults(table));
  await inject({
    service: "dynamodb",
    action: "PutItem",
    resource: table,
    code: "ConditionalCheckFailedException",
    message: "The conditional request failed",
    count: 1_000,
  });
  const update = documents.update("counter", Count, countUp);
  await expect(update).rejects.toMatchObject({ code: "world.conflict" });
});

test("a table that is not there is named", async () => {
  await expect(dynamoDocuments({ table: "nowhere" }).read("a", Text)).rejects.toMatchObject({
    code: "world.misconfigured",
    message: expect.stringContaining("DynamoDB GetItem on table nowhere"),
  });
});
