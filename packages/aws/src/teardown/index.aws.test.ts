import { randomBytes } from "node:crypto";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, onTestFinished, test } from "vitest";
import { sdk } from "../clients";
import { deployed, teardown } from ".";
import { emptyBucket } from "./bucket";
import { cloud, deleteStack, stacksOf } from "./stacks";

const cloudFormation = sdk(CloudFormationClient);
const s3 = sdk(S3Client);
const LOCKED_MS = 4_000;

type Resources = Record<
  string,
  { Type: string; DeletionPolicy?: string; Properties?: unknown; DependsOn?: string[] }
>;

const versioned = (bucket: string, more: object = {}) => ({
  Type: "AWS::S3::Bucket",
  Properties: { BucketName: bucket, VersioningConfiguration: { Status: "Enabled" }, ...more },
});
const parameter = (name: string) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Name: name, Type: "String", Value: "v" },
});

/** Stacks as SST names them, of a stage of the running test. */
async function testStage() {
  const stage = `test-${randomBytes(5).toString("hex")}`;
  const deploy = async (name: string, Resources: Resources) => {
    const StackName = `${stage}-sluice-${name}`;
    await cloudFormation.send(
      new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }),
    );
    await expect
      .poll(async () => {
        const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
        return Stacks?.[0]?.StackStatus;
      })
      .toBe("CREATE_COMPLETE");
  };
  onTestFinished(() => void teardown({ stage, pollMs: 50 }).catch(() => undefined));
  return { stage, deploy };
}

const exists = (Bucket: string) =>
  s3.send(new HeadBucketCommand({ Bucket })).then(
    () => true,
    () => false,
  );

describe("removing a stage", () => {
  test("takes its stacks newest first, and buckets with every version and delete marker", async () => {
    const { stage, deploy } = await testStage();
    const bucket = `${stage}-data`;
    await deploy("Storage", { Data: versioned(bucket) });
    await deploy("Pipeline", { World: parameter(`/sluice/${stage}/world`) });
    for (const body of ["one", "two", "three"])
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a/b.txt", Body: body }));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a/b.txt" }));
    await sdk(SSMClient).send(
      new PutParameterCommand({ Name: `/sst/sluice/${stage}/left`, Value: "v", Type: "String" }),
    );

    const said: string[] = [];
    const done = await teardown({ stage, pollMs: 50, say: (line) => said.push(line) });
    expect(done).toMatchObject({
      stacks: [`${stage}-sluice-Pipeline`, `${stage}-sluice-Storage`],
      objects: 4,
      kept: [],
      parameters: [`/sst/sluice/${stage}/left`],
    });
    expect(said).toContain(`Emptying bucket ${bucket}`);
    expect(await exists(bucket)).toBe(false);
    expect(await deployed({ stage })).toEqual([]);
    await expect(
      sdk(SSMClient).send(new GetParameterCommand({ Name: `/sluice/${stage}/world` })),
    ).rejects.toThrow();
  });

  test("may be run again: after it was done, and after it was interrupted between two stacks", async () => {
    const { stage, deploy } = await testStage();
    await deploy("Storage", { Data: versioned(`${stage}-data`) });
    await deploy("Pipeline", { World: parameter(`/sluice/${stage}/world`) });
    const interrupted = teardown({
      stage,
      pollMs: 50,
      say: (line) => {
        if (line.startsWith("Emptying")) throw new Error("Ctrl-C");
      },
    });
    await expect(interrupted).rejects.toThrow("Ctrl-C");
    expect((await deployed({ stage })).map(({ name }) => name)).toEqual([`${stage}-sluice-Storage`]);

    expect((await teardown({ stage, pollMs: 50 })).stacks).toEqual([`${stage}-sluice-Storage`]);
    expect(await teardown({ stage, pollMs: 50 })).toMatchObject({ stacks: [], objects: 0, kept: [] });
  });

  test("leaves other stages alone, also one whose name begins the same", async () => {
    const one = await testStage();
    await one.deploy("Storage", { World: parameter(`/sluice/${one.stage}/world`) });
    const neighbour = `${one.stage}-sluice`;
    const StackName = `${neighbour}-sluice-Storage`;
    const TemplateBody = JSON.stringify({ Resources: { World: parameter(`/sluice/${neighbour}/world`) } });
    await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody }));
    onTestFinished(() => void teardown({ stage: neighbour, pollMs: 50 }).catch(() => undefined));

    await teardown({ stage: one.stage, pollMs: 50 });
    expect((await deployed({ stage: neighbour })).map(({ name }) => name)).toEqual([StackName]);
  });

  test("stops a running host before it empties anything", async () => {
    const { stage, deploy } = await testStage();
    await deploy("Host", {
      Host: { Type: "AWS::EC2::Instance", Properties: { ImageId: "ami-0", InstanceType: "t3.large" } },
    });
    const [stack] = await deployed({ stage });
    const instanceId = stack?.resources.find(({ type }) => type === "AWS::EC2::Instance")?.physicalId ?? "";
    const said: string[] = [];
    await teardown({ stage, pollMs: 50, say: (line) => said.push(line) });
    expect(said[0]).toBe(`Host ${instanceId} is stopped`);
    const after = await sdk(EC2Client)
      .send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }))
      .catch(() => null);
    const state = after?.Reservations?.[0]?.Instances?.[0]?.State?.Name ?? "terminated";
    expect(["terminated", "shutting-down"]).toContain(state);
  });
});

describe("what must stay", () => {
  test("objects under a compliance lock: named with their date, their bucket kept, its stack gone", async () => {
    const { stage, deploy } = await testStage();
    const bucket = `${stage}-audit`;
    await deploy("Storage", {
      Audit: versioned(bucket, { ObjectLockEnabled: true }),
      Data: versioned(`${stage}-data`),
    });
    const until = new Date(Date.now() + LOCKED_MS);
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: "audit/1.json",
        Body: "{}",
        ObjectLockMode: "COMPLIANCE",
        ObjectLockRetainUntilDate: until,
      }),
    );
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "audit/free.json", Body: "{}" }));

    const done = await teardown({ stage, pollMs: 50 });
    expect(done.stacks).toEqual([`${stage}-sluice-Storage`]);
    expect(done.objects).toBe(1);
    expect(done.kept).toEqual([
      {
        name: bucket,
        type: "AWS::S3::Bucket",
        reason: expect.stringMatching(/holds 1 objects until \S+: audit\/1\.json$/),
      },
    ]);
    expect(await exists(bucket)).toBe(true);
    expect(await exists(`${stage}-data`)).toBe(false);
    expect(await deployed({ stage })).toEqual([]);

    await expect.poll(() => emptyBucket(bucket), { timeout: LOCKED_MS * 3 }).toMatchObject({ locked: [] });
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  });

  test("what the template retains is neither emptied nor deleted", async () => {
    const { stage, deploy } = await testStage();
    const bucket = `${stage}-data`;
    await deploy("Storage", { Data: { ...versioned(bucket), DeletionPolicy: "Retain" } });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a", Body: "kept" }));
    const done = await teardown({ stage, pollMs: 50 });
    expect(done).toMatchObject({
      objects: 0,
      kept: [{ name: bucket, reason: expect.stringContaining("retains") }],
    });
    expect(await emptyBucket(bucket)).toEqual({ removed: 1, locked: [] });
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  });

  test("a resource that cannot be deleted is named with CloudFormation's reason", async () => {
    const { stage, deploy } = await testStage();
    const bucket = `${stage}-audit`;
    await deploy("Storage", { Audit: versioned(bucket, { ObjectLockEnabled: true }) });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a", Body: "in the way" }));
    const aws = cloud({ pollMs: 50 });
    const [stack] = await stacksOf(`${stage}-sluice-`, aws);
    if (!stack) throw new Error("no stack");
    await expect(deleteStack(stack, [], aws)).rejects.toMatchObject({
      code: "world.conflict",
      message: expect.stringMatching(
        /-sluice-Storage could not be deleted: Audit \(AWS::S3::Bucket\): .*not empty/,
      ),
    });
    expect((await teardown({ stage, pollMs: 50 })).objects).toBe(1);
    expect(await exists(bucket)).toBe(false);
  });
});
