import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import * as z from "zod";
import { sdk } from "./clients";

/** Where a deployed stage is found: the stacks write it, CLI and workflows read it. */
export const StageWorld = z.object({
  stage: z.string().min(1),
  region: z.string().min(1),
  bucket: z.string().min(1),
  auditBucket: z.string().min(1),
  table: z.string().min(1),
  instanceId: z.string().min(1),
  stateMachineArn: z.string().min(1),
  predictFunction: z.string().min(1),
  apiUrl: z.url(),
});
export type StageWorld = z.infer<typeof StageWorld>;

const ROOT = "/sluice/";
export const stageParameter = (stage: string) => `${ROOT}${stage}/world`;

/**
 * The deployed stage in this region. Throws `world.misconfigured`: for a stage that is not there the hint names those
 * that are.
 */
export async function findStage(
  stage: string,
  { region, client = sdk(SSMClient, region ? { region } : {}) }: { region?: string; client?: SSMClient } = {},
): Promise<StageWorld> {
  const name = stageParameter(stage);
  const { Parameter } = await client
    .send(new GetParameterCommand({ Name: name }))
    .catch(async (error: Error) => {
      if (!isMissing(error)) throw error;
      const where = await client.config.region();
      const there = await deployedStages({ client });
      const hint =
        there.length > 0 ? `Stages here: ${there.join(", ")}.` : "No stage is deployed in this region.";
      throw new SluiceError("world.misconfigured", `There is no stage ${stage} in ${where}`, hint, {
        cause: error,
      });
    });
  const parsed = StageWorld.safeParse(parseJson(Parameter?.Value ?? ""));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const fault = `Parameter ${name} does not fit: ${issue?.path.join(".") || "it"}: ${issue?.message}`;
  throw new SluiceError("world.misconfigured", fault, "Deploy the stage again: its stacks write it.");
}

/** The names of the stages deployed in this region, sorted. */
export async function deployedStages({
  client = sdk(SSMClient),
}: {
  client?: SSMClient;
} = {}): Promise<string[]> {
  const stages: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new GetParametersByPathCommand({ Path: ROOT, Recursive: true, NextToken }),
    );
    for (const { Name = "" } of page.Parameters ?? []) {
      const stage = /^\/sluice\/([^/]+)\/world$/.exec(Name)?.[1];
      if (stage) stages.push(stage);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return stages.sort();
}

/** The client names a missing parameter as what it is; its cause is the SDK's own error. */
const isMissing = (error: Error) =>
  [error, error.cause].some((e) => e instanceof Error && e.name === "ParameterNotFound");
