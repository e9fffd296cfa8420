import { EC2Client, StartInstancesCommand, StopInstancesCommand } from "@aws-sdk/client-ec2";
import type { Commands } from "@sluice/core/ports";
import { commandsContract, hostContract } from "@sluice/core/testing/contracts";
import { eventually } from "@sluice/core/testing/contracts/make";
import { expect, test } from "vitest";
import { s3Blobs } from "../blobs";
import { sdk } from "../clients";
import { dynamoDocuments } from "../documents";
import { ec2Host } from "../host";
import { testBucket, testTable } from "../testing";
import { inject, requests, setAgent } from "../testing/emulator";
import { runningInstance, testInstance } from "../testing/instance";
import { publishRelease } from "../testing/release";
import { ssmCommands } from "./index";
import { changeRecord, commandKey, Record } from "./record";

const ec2 = sdk(EC2Client);
const instances = new WeakMap<Commands, string>();

async function fresh(instance: () => Promise<string> = runningInstance) {
  const [bucket, table] = [await testBucket(), await testTable()];
  const instanceId = await instance(); // the last one made goes first, and takes its commands with it
  const documents = dynamoDocuments({ table });
  const blobs = s3Blobs({ bucket });
  const stage = { stage: "test", bucket, table, region: "eu-west-1", release: await publishRelease(bucket) };
  const options = { ...stage, instanceId, documents, blobs, pauseMs: 50 };
  const commands = ssmCommands(options);
  instances.set(commands, instanceId);
  return { commands, instanceId, documents, blobs, options };
}

commandsContract(
  "the host on AWS",
  async () => (await fresh()).commands,
  async (_, commands) => {
    await ec2.send(new StopInstancesCommand({ InstanceIds: [instances.get(commands) ?? ""] }));
  },
);

hostContract("the host on AWS", async () => {
  const { commands, instanceId } = await fresh(testInstance);
  return { commands, host: ec2Host({ instanceId, pauseMs: 100 }) };
});

const state = (commands: Commands, id: string, wanted: string) =>
  eventually(
    () => commands.status(id),
    (status) => status?.state === wanted,
  );
const sends = async (instanceId: string) =>
  (await requests()).filter(({ action, resource }) => action === "SendCommand" && resource === instanceId);

test("it runs with the release's programs and the stage's names, and leaves its output in the bucket", async () => {
  const { commands, blobs } = await fresh();
  await commands.send({
    id: "trainer",
    line: `sluice-trainer --help | head -1; echo "$SLUICE_STAGE on $SLUICE_WORLD, it's $AWS_SDK_UA_APP_ID"`,
    timeoutSeconds: 60,
  });
  const output = "sluice-trainer train --run ID\ntest on @sluice/aws, it's host";
  expect(await state(commands, "trainer", "succeeded")).toEqual({
    state: "succeeded",
    exitCode: 0,
    tail: output,
  });
  expect((await blobs.get("commands/trainer/output")).toString()).toBe(output);
  expect((await blobs.get("commands/trainer/log")).toString()).toBe(`${output}\n`);
  expect((await blobs.get("commands/trainer/exit-code")).toString()).toBe("0");
});

test("a throttled send is tried again; one whose answer is lost is found, and not sent twice", async () => {
  const { commands, instanceId } = await fresh();
  await inject({ service: "ssm", action: "SendCommand", resource: instanceId, count: 2 });
  await commands.send({ id: "throttled", line: "true", timeoutSeconds: 30 });
  expect(await state(commands, "throttled", "succeeded")).toMatchObject({ exitCode: 0 });
  expect(await sends(instanceId)).toHaveLength(3);

  await inject({
    service: "ssm",
    action: "SendCommand",
    resource: instanceId,
    status: 500,
    code: "InternalServerError",
    after: true,
  });
  await commands.send({ id: "unanswered", line: "true", timeoutSeconds: 30 });
  expect(await state(commands, "unanswered", "succeeded")).toMatchObject({ exitCode: 0 });
  expect(await sends(instanceId)).toHaveLength(4);
});

test("a sender died after it sent: its command is found", async () => {
  const { commands, documents, options, instanceId } = await fresh();
  const command = { id: "sent", line: "echo here", timeoutSeconds: 30 };
  await commands.send(command);
  await state(commands, "sent", "succeeded");
  await changeRecord(documents, "sent", ({ sent: _, ...rest }) => ({ ...rest, claim: { by: "x", at: 0 } }));
  await ssmCommands(options).send(command);
  expect(await sends(instanceId)).toHaveLength(1);
  await changeRecord(documents, "sent", ({ sent: _, ...rest }) => ({ ...rest, claim: { by: "x", at: 0 } }));
  expect(await commands.status("sent")).toEqual({ state: "succeeded", exitCode: 0, tail: "here" });
});

test("a sender died before it sent: the command is sent by the next one, or is lost", async () => {
  const { commands, documents, options } = await fresh();
  const claimed = async (id: string) => {
    const command = { id, line: "echo here", timeoutSeconds: 30 };
    const claim = { by: "somebody", at: Date.now() };
    await documents.update(commandKey(id), Record, () => ({ ...command, claim, isCancelled: false }));
    return command;
  };
  const later = ssmCommands({ ...options, claimMs: -1 });
  const again = await claimed("again");
  await commands.send(again);
  expect(await commands.status("again")).toEqual({ state: "running" });
  await later.send(again);
  expect(await state(commands, "again", "succeeded")).toMatchObject({ tail: "here" });

  const lost = await claimed("lost");
  expect(await later.status("lost")).toEqual({ state: "lost" });
  await later.send(lost);
  expect(await commands.status("lost")).toEqual({ state: "lost" });
  await claimed("cancelled");
  await commands.cancel("cancelled");
  expect(await later.status("cancelled")).toEqual({ state: "cancelled" });
});

test("a host that does not run takes no command, and the id may be sent later", async () => {
  const { commands, instanceId } = await fresh(testInstance);
  const command = { id: "early", line: "true", timeoutSeconds: 30 };
  await expect(commands.send(command)).rejects.toMatchObject({
    code: "host.lost",
    message: expect.stringContaining(instanceId),
  });
  expect(await commands.status("early")).toBeUndefined();
  const host = ec2Host({ instanceId });
  await host.start();
  await eventually(host.status, (status) => status === "ready");
  await commands.send(command);
  expect(await state(commands, "early", "succeeded")).toMatchObject({ exitCode: 0 });
});

test("a host that was started again since has lost its command, and it stays lost", async () => {
  const { commands, instanceId } = await fresh();
  await commands.send({ id: "long", line: "echo begun; sleep 60", timeoutSeconds: 120 });
  await eventually(
    () => commands.status("long"),
    (status) => status?.tail === "begun",
  );
  await ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
  const host = ec2Host({ instanceId });
  await eventually(host.status, (status) => status === "stopped");
  await host.start();
  await eventually(host.status, (status) => status === "ready");
  expect(await commands.status("long")).toEqual({ state: "lost", tail: "begun" });
  await commands.cancel("long");
  expect(await commands.status("long")).toEqual({ state: "lost", tail: "begun" });
  await ec2.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
});

test("an agent that is gone for long takes its commands with it; one that is away for a moment does not", async () => {
  const { commands, instanceId, options } = await fresh();
  await commands.send({ id: "c", line: "echo begun; sleep 60", timeoutSeconds: 120 });
  await eventually(
    () => commands.status("c"),
    (status) => status?.tail === "begun",
  );
  await setAgent(instanceId, false);
  expect(await commands.status("c")).toEqual({ state: "running", tail: "begun" });
  const impatient = ssmCommands({ ...options, agentGoneMs: -1 });
  expect(await impatient.status("c")).toEqual({ state: "lost", tail: "begun" });
});

test("what ended just before the host went down is known by its exit code", async () => {
  const { commands, instanceId, blobs } = await fresh();
  await commands.send({ id: "just", line: "echo done; sleep 60", timeoutSeconds: 120 });
  await eventually(
    () => commands.status("just"),
    (status) => status?.tail === "done",
  );
  await ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
  await blobs.put("commands/just/exit-code", "7");
  expect(await state(commands, "just", "failed")).toEqual({ state: "failed", exitCode: 7, tail: "done" });
});

test("a release that is not there is said in the command's own words", async () => {
  const { options } = await fresh();
  const release = "0".repeat(64);
  const commands = ssmCommands({ ...options, release });
  await commands.send({ id: "none", line: "true", timeoutSeconds: 30 });
  expect(await state(commands, "none", "failed")).toMatchObject({
    exitCode: 69,
    tail: expect.stringContaining(`has no release ${release}. Deploy the stage again.`),
  });
});

test.each(["../out", "a/b", "", ".hidden", "a b"])("%j is no command id", async (id) => {
  const nothing = {} as never;
  const stage = { stage: "s", bucket: "b", table: "t", region: "r", release: "0" };
  const commands = ssmCommands({ ...stage, instanceId: "i-0", documents: nothing, blobs: nothing });
  await expect(commands.send({ id, line: "true", timeoutSeconds: 1 })).rejects.toMatchObject({
    code: "usage.invalid",
  });
});
