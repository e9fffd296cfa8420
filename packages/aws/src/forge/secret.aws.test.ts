import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, expect, test } from "vitest";
import { secret } from "./secret";

const client = new SecretsManagerClient({});
const names: string[] = [];
afterAll(async () => {
  for (const SecretId of names)
    await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
});

async function emptySecret(): Promise<string> {
  const { ARN = "" } = await client.send(
    new CreateSecretCommand({ Name: `sluice-test-${crypto.randomUUID()}` }),
  );
  names.push(ARN);
  return ARN;
}

test("a secret that nobody has filled is named, with the command that fills it", async () => {
  const arn = await emptySecret();
  await expect(secret(arn)).rejects.toMatchObject({
    code: "world.misconfigured",
    message: `Secret ${arn} is empty`,
    hint: expect.stringContaining("put-secret-value"),
  });
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: "-----BEGIN\nkey\n" }));
  expect(await secret(arn)).toBe("-----BEGIN\nkey\n");
});

test("a secret that is not there is named", async () => {
  await expect(secret("arn:aws:secretsmanager:eu-west-1:000000000000:secret:nowhere")).rejects.toMatchObject({
    code: "world.misconfigured",
    message: expect.stringContaining("nowhere"),
  });
});
