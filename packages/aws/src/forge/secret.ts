import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SluiceError } from "@sluice/core/errors";
import { sdk } from "../clients";

/**
 * The text of a secret in Secrets Manager. Throws `world.misconfigured` while nobody has put it in: the stack makes
 * it empty.
 */
export async function secret(arn: string, client = sdk(SecretsManagerClient)): Promise<string> {
  const text = await storedIn(arn, client);
  if (text.trim() !== "") return text;
  throw new SluiceError(
    "world.misconfigured",
    `Secret ${arn} is empty`,
    `Put the value in: aws secretsmanager put-secret-value --secret-id ${arn} --secret-string file://key.pem`,
  );
}

async function storedIn(arn: string, client: SecretsManagerClient): Promise<string> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString ?? "";
  } catch (error) {
    // Without a value it has no version either; AWS says this and a missing secret with one name.
    if (/secret value|AWSCURRENT/.test(String((error as Error).message))) return "";
    throw error;
  }
}
