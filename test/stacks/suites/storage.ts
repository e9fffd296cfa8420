import { describe, expect, test } from "vitest";
import type { Stage } from "../stage-view";

export function storage(dev: () => Stage, prod: () => Stage) {
  describe("storage", () => {
    test.each(["Data", "Audit"])("the bucket %s is versioned, encrypted and closed", (id) => {
      const { properties } = dev().one("AWS::S3::Bucket", id);
      expect(properties).toMatchObject({
        VersioningConfiguration: { Status: "Enabled" },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      });
    });

    test.each(["DataPolicy", "AuditPolicy"])("%s refuses what does not come over TLS 1.2", (id) => {
      const { PolicyDocument } = dev().one("AWS::S3::BucketPolicy", id).properties;
      const denied = { Effect: "Deny", Principal: { AWS: "*" }, Action: "s3:*" };
      expect((PolicyDocument as { Statement: unknown[] }).Statement).toEqual([
        expect.objectContaining({ ...denied, Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        expect.objectContaining({ ...denied, Condition: { NumericLessThan: { "s3:TlsVersion": 1.2 } } }),
      ]);
    });

    test("the data bucket tells EventBridge what arrives, without a custom resource", () => {
      expect(dev().one("AWS::S3::Bucket", "Data").properties.NotificationConfiguration).toEqual({
        EventBridgeConfiguration: { EventBridgeEnabled: true },
      });
      expect(dev().all("Custom::S3BucketNotifications")).toEqual([]);
    });

    test("what passes is cleared away, and what stays is not", () => {
      const { LifecycleConfiguration } = dev().one("AWS::S3::Bucket", "Data").properties;
      const { Rules } = LifecycleConfiguration as { Rules: { Prefix?: string; ExpirationInDays?: number }[] };
      const expiring = Rules.filter((rule) => rule.ExpirationInDays);
      expect(Object.fromEntries(expiring.map((rule) => [rule.Prefix, rule.ExpirationInDays]))).toEqual({
        "incoming/": 90,
        "validation/": 30,
        "jobs/": 180,
        "commands/": 90,
      });
      expect(Rules).toContainEqual(
        expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
      );
      expect(Rules).toContainEqual(
        expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }),
      );
    });

    test("the audit trail cannot be shortened: by few in dev, by nobody in prod", () => {
      const lock = (stage: Stage) => stage.one("AWS::S3::Bucket", "Audit").properties.ObjectLockConfiguration;
      const locked = (Mode: string, Days: number) => ({
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Mode, Days } },
      });
      expect(lock(dev())).toEqual(locked("GOVERNANCE", 1));
      expect(lock(prod())).toEqual(locked("COMPLIANCE", 365));
    });

    test("documents: on demand, with point-in-time recovery, and expiring", () => {
      expect(dev().one("AWS::DynamoDB::Table", "Documents").properties).toMatchObject({
        KeySchema: [
          { AttributeName: "collection", KeyType: "HASH" },
          { AttributeName: "key", KeyType: "RANGE" },
        ],
        BillingMode: "PAY_PER_REQUEST",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
      });
    });

    test("prod keeps its data when its stacks are removed, dev does not", () => {
      const kept = (stage: Stage) =>
        ["AWS::S3::Bucket", "AWS::DynamoDB::Table"].flatMap((type) =>
          stage.all(type, "Storage").map(({ id, deletionPolicy }) => [id, deletionPolicy]),
        );
      const each = (policy: string) => ["Data", "Audit", "Documents"].map((id) => [id, policy]);
      expect(kept(dev())).toEqual(each("Delete"));
      expect(kept(prod())).toEqual(each("Retain"));
      const isProtected = (stage: Stage) =>
        stage.one("AWS::DynamoDB::Table", "Documents").properties.DeletionProtectionEnabled ?? false;
      expect([isProtected(dev()), isProtected(prod())]).toEqual([false, true]);
    });
  });
}
