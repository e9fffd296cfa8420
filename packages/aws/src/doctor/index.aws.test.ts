import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import { EC2Client, StopInstancesCommand } from "@aws-sdk/client-ec2";
import { DisableRuleCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { PutBucketVersioningCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, onTestFinished, test } from "vitest";
import { sdk } from "../clients";
import { stageParameter } from "../stage";
import { teardown } from "../teardown";
import { type Check, checkStage } from ".";

const ROLE = {
  AssumeRolePolicyDocument: {
    Statement: [
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
    ],
  },
};
const DEFINITION = JSON.stringify({ StartAt: "End", States: { End: { Type: "Succeed" } } });
const ref = (Ref: string) => ({ Ref });

/** What the doctor looks at, in one stack under the name that the rules are looked for. */
const resources = (stage: string) => ({
  Data: {
    Type: "AWS::S3::Bucket",
    Properties: { BucketName: `${stage}-data`, VersioningConfiguration: { Status: "Enabled" } },
  },
  Audit: {
    Type: "AWS::S3::Bucket",
    Properties: {
      BucketName: `${stage}-audit`,
      VersioningConfiguration: { Status: "Enabled" },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } },
      },
    },
  },
  Documents: {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      TableName: `${stage}-documents`,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "collection", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "collection", KeyType: "HASH" }],
    },
  },
  Role: { Type: "AWS::IAM::Role", Properties: ROLE },
  Profile: {
    Type: "AWS::IAM::InstanceProfile",
    Properties: { InstanceProfileName: `${stage}-host`, Roles: [ref("Role")] },
  },
  Host: {
    Type: "AWS::EC2::Instance",
    Properties: { ImageId: "ami-0", InstanceType: "t3.large", IamInstanceProfile: ref("Profile") },
  },
  Machine: {
    Type: "AWS::StepFunctions::StateMachine",
    Properties: {
      StateMachineName: stage,
      DefinitionString: DEFINITION,
      RoleArn: { "Fn::GetAtt": ["Role", "Arn"] },
    },
  },
  Predict: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: `${stage}-predict`,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: { "Fn::GetAtt": ["Role", "Arn"] },
      Code: { ZipFile: "exports.handler = async () => 1;" },
    },
  },
  Watchdog: {
    Type: "AWS::Events::Rule",
    Properties: { Name: `${stage}-watchdog`, ScheduleExpression: "rate(10 minutes)" },
  },
});

async function deployedStage() {
  const stage = `test-${randomBytes(5).toString("hex")}`;
  const StackName = `${stage}-sluice-Pipeline`;
  const client = sdk(CloudFormationClient);
  const api = createServer((_, response) => response.writeHead(401).end());
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    api.close();
    await teardown({ stage, pollMs: 50 });
  });
  await client.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify({ Resources: resources(stage) }),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    }),
  );
  const found = async () =>
    (await client.send(new DescribeStackResourcesCommand({ StackName }))).StackResources ?? [];
  await expect
    .poll(async () => (await found()).filter((one) => one.ResourceStatus === "CREATE_COMPLETE").length, {
      timeout: 20_000,
    })
    .toBe(Object.keys(resources(stage)).length);
  const id = Object.fromEntries(
    (await found()).map((one) => [one.LogicalResourceId, one.PhysicalResourceId ?? ""]),
  );
  const world = {
    stage,
    region: "eu-west-1",
    bucket: `${stage}-data`,
    auditBucket: `${stage}-audit`,
    table: `${stage}-documents`,
    instanceId: id.Host,
    stateMachineArn: id.Machine,
    predictFunction: `${stage}-predict`,
    apiUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  };
  await sdk(SSMClient).send(
    new PutParameterCommand({ Name: stageParameter(stage), Type: "String", Value: JSON.stringify(world) }),
  );
  await report(stage, { state: "ready", step: "all", at: "2026-01-01T00:00:00Z" });
  return { stage, instanceId: id.Host ?? "" };
}

const report = (stage: string, body: object) =>
  sdk(S3Client).send(
    new PutObjectCommand({ Bucket: `${stage}-data`, Key: "host/setup.json", Body: JSON.stringify(body) }),
  );
const named = (checks: Check[], name: string) => checks.find((check) => check.name === name);

describe("a stage that is deployed", () => {
  test("whole: every line is ok", async () => {
    const { stage, instanceId } = await deployedStage();
    await expect.poll(() => checkStage({ stage }).then((all) => named(all, "host agent")?.state)).toBe("ok");
    const checks = await checkStage({ stage });
    expect(checks.filter(({ state }) => state === "missing")).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([
      ...["region", "credentials", "clock", "stage", "data bucket", "audit bucket", "documents"],
      ...["host", "host role", "host agent", "host set-up"],
      ...["state machine", "last runs", "predict", "rules", "API", "Lambda quota"],
    ]);
    expect(named(checks, "credentials")?.detail).toContain("in account 000000000000");
    expect(named(checks, "host")?.detail).toBe(`${instanceId}, t3.large, running`);
    expect(named(checks, "audit bucket")?.detail).toBe(`${stage}-audit, locked for 1 days (governance)`);
    expect(named(checks, "rules")?.detail).toBe("1, all enabled");

    await sdk(EC2Client).send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    await expect
      .poll(() => checkStage({ stage }).then((all) => named(all, "host")?.detail), { timeout: 20_000 })
      .toBe(`${instanceId}, t3.large, stopped`);
    expect(named(await checkStage({ stage }), "host agent")).toMatchObject({ state: "ok" });
  });

  test("damaged: each fault is named with what to do", async () => {
    const { stage } = await deployedStage();
    await sdk(S3Client).send(
      new PutBucketVersioningCommand({
        Bucket: `${stage}-data`,
        VersioningConfiguration: { Status: "Suspended" },
      }),
    );
    await sdk(EventBridgeClient).send(new DisableRuleCommand({ Name: `${stage}-watchdog` }));
    await report(stage, { state: "failed", step: "k3s", at: "2026-01-01T00:00:00Z" });
    const checks = await checkStage({ stage });
    expect(named(checks, "data bucket")).toMatchObject({ state: "missing", fix: "Deploy the stage again." });
    expect(named(checks, "rules")).toMatchObject({
      state: "missing",
      detail: `disabled: ${stage}-watchdog`,
      fix: `aws events enable-rule --name ${stage}-watchdog`,
    });
    expect(named(checks, "host set-up")).toMatchObject({
      state: "missing",
      detail: "failed at k3s, 2026-01-01T00:00:00Z",
      fix: expect.stringContaining("journalctl -u sluice-setup"),
    });
    expect(named(checks, "documents")).toMatchObject({ state: "ok" });
  });
});

describe("where there is nothing to look at", () => {
  test("a stage that is not there: those that are, are named", async () => {
    const { stage } = await deployedStage();
    const checks = await checkStage({ stage: `${stage}x` });
    expect(checks.at(-1)).toMatchObject({
      name: "stage",
      state: "missing",
      fix: expect.stringContaining(stage),
    });
  });

  test("another region", async () => {
    const { stage } = await deployedStage();
    const checks = await checkStage({ stage, region: "us-east-1" });
    expect(checks.map(({ name }) => name)).toEqual(["region", "credentials", "clock", "stage"]);
    expect(checks.at(-1)).toMatchObject({
      state: "missing",
      detail: `There is no stage ${stage} in us-east-1`,
      fix: "No stage is deployed in this region.",
    });
  });

  test("AWS that is not reached ends the look at its first question", async () => {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
    onTestFinished(() => void Object.assign(process.env, { AWS_ENDPOINT_URL: endpoint }));
    const checks = await checkStage({ stage: "dev" });
    expect(checks.map(({ name }) => name)).toEqual(["region", "credentials"]);
    expect(checks.at(-1)).toMatchObject({
      state: "missing",
      detail: expect.stringContaining("AWS is not reached"),
    });
  });
});
