import { randomUUID } from "node:crypto";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import type { Documents } from "@sluice/core/ports";
import type * as z from "zod";
import { sdk } from "../clients";

const ATTEMPTS = 100;
const PAUSE_MS = { step: 4, most: 250 };
/** DynamoDB's limit of an item is 400 KB, names and all. */
const MOST_BYTES = 400 * 1024 - 512;

/** What is stored: the document's text, and by whom its version was written. */
interface Stored {
  version: number;
  json: string;
  writer: string;
}

/**
 * JSON documents as items of a table: partition key `collection` (the key's first name), sort key `key`. A write is
 * conditional on the version that was read.
 */
export function dynamoDocuments(options: { table: string; client?: DynamoDBClient }): Documents {
  const { table: TableName, client = sdk(DynamoDBClient) } = options;

  async function find(key: string): Promise<Stored | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: idOf(key), ConsistentRead: true }),
    );
    return Item && storedOf(Item);
  }

  /** Undefined: another writer was faster. */
  async function write(key: string, json: string, seen: Stored | undefined): Promise<Stored | undefined> {
    const next = { version: (seen?.version ?? 0) + 1, json, writer: randomUUID() };
    const condition = seen
      ? {
          ConditionExpression: "version = :seen",
          ExpressionAttributeValues: { ":seen": number(seen.version) },
        }
      : { ConditionExpression: "attribute_not_exists(version)" };
    const put = new PutItemCommand({
      TableName,
      Item: { ...idOf(key), version: number(next.version), json: { S: json }, writer: { S: next.writer } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      ...condition,
    });
    try {
      await client.send(put);
      return next;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // A write whose answer was lost is sent again, and then meets itself.
      return error.Item?.writer?.S === next.writer ? next : undefined;
    }
  }

  return {
    async read(key, schema) {
      const found = await find(key);
      return found && fitting(key, schema, parseJson(found.json));
    },

    async update(key, schema, change) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const seen = await find(key);
        const current = seen && fitting(key, schema, parseJson(seen.json));
        const next = change(current);
        if (next === current) return next;
        const json = JSON.stringify(fitting(key, schema, next));
        refuseTooBig(key, json);
        if (await write(key, json, seen)) return fitting(key, schema, JSON.parse(json));
        await pause(Math.random() * Math.min(attempt * PAUSE_MS.step, PAUSE_MS.most));
      }
      const message = `Document ${key} was changed by others ${ATTEMPTS} times in between`;
      throw new SluiceError("world.conflict", message, "Try again when less is going on.");
    },

    async list(prefix) {
      const names = { "#key": "key" };
      const keys: string[] = [];
      const slash = prefix.indexOf("/");
      const search = { TableName, ConsistentRead: true, ProjectionExpression: "#key" };
      const pages =
        slash > 0
          ? paginateQuery(
              { client },
              {
                ...search,
                KeyConditionExpression: "#collection = :collection AND begins_with(#key, :prefix)",
                ExpressionAttributeNames: { ...names, "#collection": "collection" },
                ExpressionAttributeValues: {
                  ":collection": { S: prefix.slice(0, slash) },
                  ":prefix": { S: prefix },
                },
              },
            )
          : paginateScan(
              { client },
              {
                ...search,
                ExpressionAttributeNames: names,
                ...(prefix && {
                  FilterExpression: "begins_with(#key, :prefix)",
                  ExpressionAttributeValues: { ":prefix": { S: prefix } },
                }),
              },
            );
      for await (const { Items = [] } of pages) keys.push(...Items.map((item) => item.key?.S ?? ""));
      return keys.sort();
    },
  };
}

const number = (value: number): AttributeValue => ({ N: String(value) });
const idOf = (key: string) => ({ collection: { S: key.split("/")[0] ?? "" }, key: { S: key } });
const storedOf = (item: Record<string, AttributeValue>): Stored => ({
  version: Number(item.version?.N),
  json: item.json?.S ?? "",
  writer: item.writer?.S ?? "",
});

function fitting<S extends z.ZodType>(key: string, schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "all of it";
  const hint = "Put the item back by the table's point-in-time recovery.";
  throw new SluiceError(
    "document.invalid",
    `Document ${key} does not fit: ${where}: ${issue?.message}`,
    hint,
  );
}

function refuseTooBig(key: string, json: string): void {
  const bytes = Buffer.byteLength(json) + 2 * Buffer.byteLength(key);
  if (bytes <= MOST_BYTES) return;
  const message = `Document ${key} would have ${Math.ceil(bytes / 1024)} KB; an item of the table takes 400 KB`;
  throw new SluiceError(
    "document.invalid",
    message,
    "Nothing was written. Keep what is big in a blob, and its key here.",
  );
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
