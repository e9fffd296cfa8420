import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { sdk } from "../clients";
import { ask, type Check, missing, odd, ok } from "./check";

const SIGN_IN = "Sign in: aws sso login, or set AWS_PROFILE.";
/** AWS refuses a signature that is older than five minutes. */
const SKEW_LIMIT_MS = 5 * 60_000;
const SKEW_WORTH_SAYING_MS = 60_000;
/** A new account may run ten Lambdas at once; validating a large batch wants more. */
const FEW_LAMBDAS = 100;

/** Who asks, in which region, by which clock. */
export async function accountChecks(region: string | undefined): Promise<Check[]> {
  const client = sdk(STSClient, region ? { region } : {});
  let serverTime: number | undefined;
  client.middlewareStack.add(
    (next) => async (call) => {
      const result = await next(call);
      const { headers = {} } = result.response as { headers?: Record<string, string> };
      serverTime = Date.parse(headers.date ?? "") || undefined;
      return result;
    },
    { step: "deserialize", name: "serverTime", priority: "low" },
  );
  const where = await ask("region", "Set AWS_REGION, or give --region.", async () =>
    ok("region", await client.config.region()),
  );
  if (where.some(({ state }) => state === "missing")) return where;
  const who = await ask("credentials", SIGN_IN, async () => {
    const { Arn, Account } = await client.send(new GetCallerIdentityCommand({}));
    return ok("credentials", `${Arn} in account ${Account}`);
  });
  return [...where, ...who, ...(serverTime === undefined ? [] : [clockCheck(serverTime, Date.now())])];
}

export function clockCheck(server: number, here: number): Check {
  const skew = Math.abs(here - server);
  const detail = `${Math.round(skew / 1000)} s away from that of AWS`;
  if (skew > SKEW_LIMIT_MS) return missing("clock", detail, "Set this machine's clock: calls are refused.");
  if (skew > SKEW_WORTH_SAYING_MS) return odd("clock", detail, "Set this machine's clock.");
  return ok("clock", detail);
}

export const quotaChecks = (where: { region?: string }): Promise<Check[]> =>
  ask("Lambda quota", "Grant lambda:GetAccountSettings to see it.", async () => {
    const { AccountLimit } = await sdk(LambdaClient, where).send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.ConcurrentExecutions ?? 0;
    const detail = `${limit} functions at once`;
    if (limit >= FEW_LAMBDAS) return ok("Lambda quota", detail);
    return odd(
      "Lambda quota",
      `${detail}: a large batch is validated slowly`,
      "Ask for more: Service Quotas, AWS Lambda, Concurrent executions.",
    );
  });
