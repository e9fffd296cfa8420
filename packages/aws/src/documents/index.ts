import { randomUUID } from "node:crypto";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import { checkKey } from "@sluice/core/key";
import type { Documents } from "@sluice/core/ports";
import type * as z from "zod";
import { sdk } from "../clients";
import { pause } from "../pause";
import { keysOf } from "./list";

const ATTEMPTS = 60;
/** Between attempts at most so long, at random: doubled after each. */
const PAUSE_MS = { first: 20, most: 1_000 };
/** DynamoDB's limit of an item is 400 KB, names and all. */
const MOST_BYTES = 400 * 1024 - 512;

interface Stored {
  version: number;
  json: string;
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

  /** False: another writer was faster. */
  async function write(key: string, json: string, seen: Stored | undefined): Promise<boolean> {
    const writer = randomUUID();
    const version = (seen?.version ?? 0) + 1;
    const condition = seen
      ? {
          ConditionExpression: "version = :seen",
          ExpressionAttributeValues: { ":seen": number(seen.version) },
        }
      : { ConditionExpression: "attribute_not_exists(version)" };
    const put = new PutItemCommand({
      TableName,
      Item: { ...idOf(key), version: number(version), json: { S: json }, writer: { S: writer } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      ...condition,
    });
    try {
      await client.send(put);
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // A write whose answer was lost is sent again by the SDK, and then meets itself.
      return error.Item?.writer?.S === writer;
    }
  }

  return {
    async read(key, schema) {
      checkKey(key);
      const found = await find(key);
      return found && fitting(key, schema, parseJson(found.json));
    },

    async update(key, schema, change) {
      checkKey(key);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const seen = await find(key);
        const current = seen && fitting(key, schema, parseJson(seen.json));
        const next = change(current);
        if (next === current) return next;
        const json = JSON.stringify(fitting(key, schema, next));
        refuseTooBig(key, json);
        if (await write(key, json, seen)) return fitting(key, schema, JSON.parse(json));
        await pause(Math.min(PAUSE_MS.first * 2 ** attempt, PAUSE_MS.most));
      }
      const message = `Document ${key} was changed by others ${ATTEMPTS} times in between`;
      throw new SluiceError("world.conflict", message, "Try again when less is going on.");
    },

    list: async (prefix) => (await keysOf(client, TableName, prefix)).sort(),
  };
}

const number = (value: number): AttributeValue => ({ N: String(value) });
const idOf = (key: string) => ({ collection: { S: key.split("/")[0] ?? "" }, key: { S: key } });
const storedOf = (item: Record<string, AttributeValue>): Stored => ({
  version: Number(item.version?.N),
  json: item.json?.S ?? "",
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
