import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import * as s3 from "aws-cdk-lib/aws-s3";
import type { StackContext } from "sst/constructs";
import { type Stage, stageConfig } from "./stage";

/** Where everything is kept: the data bucket, the audit bucket, the documents table. */
export function Storage({ stack, app }: StackContext) {
  const stage = stageConfig(app.stage);
  const removalPolicy = stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  const safe = {
    versioned: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy,
  };

  const data = new s3.Bucket(stack, "Data", { ...safe, lifecycleRules: LIFECYCLE });
  // Not `eventBridgeEnabled` of the L2: that adds a custom resource with a Lambda, where a property will do.
  const native = data.node.defaultChild as s3.CfnBucket;
  native.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };

  const audit = new s3.Bucket(stack, "Audit", {
    ...safe,
    objectLockEnabled: true,
    objectLockDefaultRetention: retention(stage),
  });

  const documents = new Table(stack, "Documents", {
    partitionKey: { name: "collection", type: AttributeType.STRING },
    sortKey: { name: "key", type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: "expires",
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: stage.keepsData,
    removalPolicy,
  });

  stack.addOutputs({
    DataBucket: data.bucketName,
    AuditBucket: audit.bucketName,
    DocumentsTable: documents.tableName,
  });
  return { data, audit, documents };
}

/** Progress and checkpoints are written anew every few seconds. */
const REWRITTEN = { noncurrentVersionExpiration: Duration.days(1) };

/**
 * What a run leaves behind goes by itself. `data/`, `models/` and `releases/` stay for good: they are named by their
 * content, or never written twice.
 */
const LIFECYCLE: s3.LifecycleRule[] = [
  { id: "unfinished-uploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
  { id: "incoming", prefix: "incoming/", expiration: Duration.days(90) },
  { id: "validation", prefix: "validation/", expiration: Duration.days(30) },
  { id: "jobs", prefix: "jobs/", expiration: Duration.days(180), ...REWRITTEN },
  { id: "commands", prefix: "commands/", expiration: Duration.days(90), ...REWRITTEN },
  {
    id: "old-versions",
    noncurrentVersionExpiration: Duration.days(30),
    expiredObjectDeleteMarker: true,
  },
];

/** Compliance: nobody shortens it, not even the account's owner. Governance: whoever may bypass it can clear a dev stage. */
const retention = ({ keepsData, auditDays }: Stage) =>
  keepsData
    ? s3.ObjectLockRetention.compliance(Duration.days(auditDays))
    : s3.ObjectLockRetention.governance(Duration.days(auditDays));
