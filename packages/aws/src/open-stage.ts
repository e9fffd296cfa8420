import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { Runs } from "@sluice/core/ports";
import { s3Blobs } from "./blobs";
import { sdk } from "./clients";
import { systemClock } from "./clock";
import { dynamoDocuments } from "./documents";
import { sfnRuns } from "./runs";
import { findStage, type StageWorld } from "./stage";
import type { HostWorld } from "./world";

/** What a person works with at a deployed stage, by their own credentials. */
export interface OpenStage extends HostWorld {
  at: StageWorld;
  runs: Runs;
}

/** Throws `world.misconfigured` for a stage that is not there, `world.credentials`, `world.unreachable`. */
export async function openStage(stage: string, options: { region?: string } = {}): Promise<OpenStage> {
  const at = await findStage(stage, options);
  const { bucket, table, stateMachineArn, region } = at;
  const blobs = s3Blobs({ bucket, client: sdk(S3Client, { region }) });
  const documents = dynamoDocuments({ table, client: sdk(DynamoDBClient, { region }) });
  const world = { documents, clock: systemClock };
  return {
    at,
    blobs,
    ...world,
    runs: sfnRuns({ stateMachineArn, world, client: sdk(SFNClient, { region }) }),
  };
}
