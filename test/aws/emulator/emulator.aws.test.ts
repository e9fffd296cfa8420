import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { inject, requests } from "@sluice/aws/testing/emulator";
import { eventually } from "@sluice/core/testing/contracts/make";
import { expect, test } from "vitest";

const once = { maxAttempts: 1 };
const ec2 = new EC2Client(once);
const ssm = new SSMClient(once);
const s3 = new S3Client({ ...once, forcePathStyle: true, userAgentAppId: "emulator-test" });

async function launch(): Promise<string> {
  const run = new RunInstancesCommand({
    ImageId: "ami-0",
    InstanceType: "t3.large",
    MinCount: 1,
    MaxCount: 1,
  });
  const { Instances } = await ec2.send(run);
  return Instances?.[0]?.InstanceId ?? "";
}

async function instanceState(id: string) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0]?.State?.Name;
}

async function ping(id: string) {
  const Filters = [{ Key: "InstanceIds", Values: [id] }];
  const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({ Filters }));
  return InstanceInformationList?.[0]?.PingStatus;
}

async function online(): Promise<string> {
  const id = await launch();
  expect(
    await eventually(
      () => ping(id),
      (status) => status === "Online",
    ),
  ).toBe("Online");
  return id;
}

async function send(id: string, line: string, seconds = 60, output: { bucket?: string } = {}) {
  const { Command } = await ssm.send(
    new SendCommandCommand({
      InstanceIds: [id],
      DocumentName: "AWS-RunShellScript",
      Parameters: { commands: [line], executionTimeout: [String(seconds)] },
      OutputS3BucketName: output.bucket,
      OutputS3KeyPrefix: output.bucket && "ssm",
    }),
  );
  return Command?.CommandId ?? "";
}

const invocation = (id: string, commandId: string) =>
  ssm.send(new GetCommandInvocationCommand({ InstanceId: id, CommandId: commandId }));
const ended = (id: string, commandId: string) =>
  eventually(
    () => invocation(id, commandId),
    ({ Status }) => !["Pending", "InProgress", "Cancelling"].includes(Status ?? ""),
  );

test("an instance is pending, then runs; it is stopping, cannot be started meanwhile, then is stopped", async () => {
  const id = await online();
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  expect(await instanceState(id)).toBe("stopping");
  expect(await ping(id)).toBe("ConnectionLost");
  const start = () => ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  await expect(start()).rejects.toMatchObject({ name: "IncorrectInstanceState" });
  const reaches = (state: string) =>
    eventually(
      () => instanceState(id),
      (now) => now === state,
    );
  expect(await reaches("stopped")).toBe("stopped");
  await start();
  expect(await instanceState(id)).toBe("pending");
  expect(await reaches("running")).toBe("running");
});

test("a command runs with its exit code, and its output lies in the bucket", async () => {
  const id = await online();
  await s3.send(new CreateBucketCommand({ Bucket: `${id}-out` }));
  const command = await send(id, "echo said; exit 3", 60, { bucket: `${id}-out` });
  expect(await ended(id, command)).toMatchObject({
    Status: "Failed",
    ResponseCode: 3,
    StandardOutputContent: "said\n",
  });
  const Key = `ssm/${command}/${id}/awsrunShellScript/0.awsrunShellScript/stdout`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: `${id}-out`, Key }));
  expect(await Body?.transformToString()).toBe("said\n");
});

test("a command is cancelled with all it started, and ends when its time is over", async () => {
  const id = await online();
  const long = await send(id, "sleep 60 & sleep 60");
  await eventually(
    () => invocation(id, long),
    ({ Status }) => Status === "InProgress",
  );
  await ssm.send(new CancelCommandCommand({ CommandId: long }));
  expect(await ended(id, long)).toMatchObject({ Status: "Cancelled" });
  const slow = await send(id, "sleep 60", 1);
  expect(await ended(id, slow)).toMatchObject({ Status: "TimedOut", StatusDetails: "ExecutionTimedOut" });
});

test("what runs on an instance dies with it, and SSM does not hear of it", async () => {
  const id = await online();
  const command = await send(id, "sleep 1; touch survived-$EC2_INSTANCE_ID");
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  expect(await invocation(id, command)).toMatchObject({ Status: "InProgress" });
  await expect(send(id, "true")).rejects.toMatchObject({ name: "InvalidInstanceId" });

  const other = await online();
  const look = await send(other, `sleep 1.5; test -e survived-${id}`);
  expect(await ended(other, look)).toMatchObject({ Status: "Failed", ResponseCode: 1 });
});

test("faults are injected, before or after the call, and every request is logged with who made it", async () => {
  const Bucket = `faulty-${Date.now()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  await inject({
    service: "s3",
    action: "PutObject",
    code: "SlowDown",
    status: 503,
    resource: `${Bucket}/before`,
  });
  await inject({
    service: "s3",
    action: "PutObject",
    code: "InternalError",
    status: 500,
    resource: `${Bucket}/after`,
    after: true,
  });
  await expect(put("before")).rejects.toMatchObject({ name: "SlowDown" });
  await expect(put("after")).rejects.toMatchObject({ name: "InternalError" });
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: "before" }))).rejects.toMatchObject({
    name: "NoSuchKey",
  });
  await s3.send(new GetObjectCommand({ Bucket, Key: "after" }));
  await inject({
    service: "ec2",
    action: "DescribeInstances",
    resource: "i-00000000000000000",
    code: "RequestLimitExceeded",
    status: 503,
  });
  await expect(instanceState("i-00000000000000000")).rejects.toMatchObject({ name: "RequestLimitExceeded" });
  await inject({ service: "ssm", action: "SendCommand", resource: "i-00000000000000000" });
  await expect(send("i-00000000000000000", "true")).rejects.toMatchObject({ name: "ThrottlingException" });

  const mine = (await requests()).filter(({ resource }) => resource === `${Bucket}/before`);
  expect(mine.map(({ action, app, status, fault }) => ({ action, app, status, fault }))).toEqual([
    { action: "PutObject", app: "emulator-test", status: 503, fault: "SlowDown" },
    { action: "GetObject", app: "emulator-test", status: 404, fault: undefined },
  ]);
});
