import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import type { Stack } from "sst/constructs";
import { useProject } from "sst/project.js";
import { buildHostRelease, releaseKey } from "../packages/aws/src/release/index";
import { announceRelease } from "./host";

/**
 * Builds what the host runs (trainer, serving) and puts it into the data bucket under its digest, by one copy inside
 * S3 during the deployment. Earlier releases stay, for jobs that were sent with them.
 *
 * @returns the digest of the release
 */
export async function releaseHost(stack: Stack, stage: string, data: IBucket): Promise<string> {
  const { file, digest } = await buildHostRelease(useProject().paths.root);
  const asset = new Asset(stack, "HostReleaseFile", { path: file });
  const key = releaseKey(digest);
  const copy = new AwsCustomResource(stack, "HostReleaseCopy", {
    resourceType: "Custom::HostRelease",
    onUpdate: {
      service: "S3",
      action: "copyObject",
      parameters: {
        Bucket: data.bucketName,
        Key: key,
        CopySource: `${asset.s3BucketName}/${asset.s3ObjectKey}`,
      },
      physicalResourceId: PhysicalResourceId.of(key),
      outputPaths: ["CopyObjectResult.ETag"],
    },
    policy: AwsCustomResourcePolicy.fromStatements([
      new PolicyStatement({
        actions: ["s3:GetObject"],
        resources: [asset.bucket.arnForObjects(asset.s3ObjectKey)],
      }),
      new PolicyStatement({
        actions: ["s3:PutObject"],
        resources: [data.arnForObjects(releaseKey("*"))],
      }),
    ]),
    installLatestAwsSdk: false, // the runtime's own will do, and needs no network
    timeout: Duration.minutes(2),
    logGroup: new LogGroup(stack, "HostReleaseCopyLog", {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
  });
  announceRelease(stack, stage, digest).node.addDependency(copy);
  return digest;
}
