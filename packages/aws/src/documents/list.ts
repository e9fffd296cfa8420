import { type DynamoDBClient, paginateQuery, paginateScan } from "@aws-sdk/client-dynamodb";

/** Every key of the table with the prefix: one Query where the prefix has its collection whole, else a Scan. */
export async function keysOf(client: DynamoDBClient, table: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  const pages = prefix.indexOf("/") > 0 ? queried(client, table, prefix) : scanned(client, table, prefix);
  for await (const { Items = [] } of pages) keys.push(...Items.map((item) => item.key?.S ?? ""));
  return keys;
}

const search = (TableName: string) => ({ TableName, ConsistentRead: true, ProjectionExpression: "#key" });

const queried = (client: DynamoDBClient, table: string, prefix: string) =>
  paginateQuery(
    { client },
    {
      ...search(table),
      KeyConditionExpression: "#collection = :collection AND begins_with(#key, :prefix)",
      ExpressionAttributeNames: { "#key": "key", "#collection": "collection" },
      ExpressionAttributeValues: {
        ":collection": { S: prefix.slice(0, prefix.indexOf("/")) },
        ":prefix": { S: prefix },
      },
    },
  );

const scanned = (client: DynamoDBClient, table: string, prefix: string) =>
  paginateScan(
    { client },
    {
      ...search(table),
      ExpressionAttributeNames: { "#key": "key" },
      ...(prefix && {
        FilterExpression: "begins_with(#key, :prefix)",
        ExpressionAttributeValues: { ":prefix": { S: prefix } },
      }),
    },
  );
