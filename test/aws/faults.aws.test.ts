import { SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { clearFaults, type Fault, inject } from "@sluice/aws/testing/emulator";
import { Lease, Registry, Training } from "@sluice/core";
import { prefix } from "@sluice/core/batch/keys";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asRoot } from "./deploy/clients";
import { refusals } from "./stage/access";
import { killTrainer, trainers } from "./stage/host-processes";
import { deployStage, type Stage, TOY } from "./stage/index";
import { executions, visits } from "./stage/machine";
import { answered, bring, drawn, JSON_BODY } from "./stage/people";
import { endedRun, invoke, trainedFor } from "./stage/runs";

let stage: Stage;
beforeAll(async () => {
  stage = await deployStage("faults", { recipe: { ...TOY.recipe, epochs: 30 } });
});
afterAll(async () => {
  await clearFaults();
  await stage?.remove();
});

/** Each batch is of other pictures. */
let pairs = 0;
async function fresh(count: number, name?: string): Promise<string> {
  const files = await drawn(count, pairs);
  pairs += count;
  return bring(stage.api, files, name);
}
const resultOf = async (id: string) => {
  const { result } = Training.keys(id);
  return Training.Result.parse(JSON.parse((await stage.state.blobs.get(result)).toString()));
};
/** What the last training of a run has printed. */
async function lastLog(id: string): Promise<string> {
  const logs = (await stage.state.blobs.list(`commands/${id}-train-`)).filter((key) => key.endsWith("/log"));
  return (await stage.state.blobs.get(logs.sort().at(-1) ?? "")).toString();
}
const post = async (path: string, status: number) =>
  answered<{ runId: string }>(
    await stage.api(path, { method: "POST", body: "{}", headers: JSON_BODY }),
    status,
  );

test("an execution that is aborted in the middle: the host is stopped, and resume goes on from the checkpoint", async () => {
  const id = `${await fresh(60)}-1`;
  await trainedFor(stage, id, 3);
  const [execution] = await executions(stage.world.stateMachineArn);
  await asRoot(SFNClient).send(new StopExecutionCommand({ executionArn: execution?.executionArn }));

  expect(await endedRun(stage, id)).toMatchObject({ outcome: "stopped" });
  await stage.host.becomes("stopped");
  expect(trainers().filter(({ runId }) => runId === id)).toEqual([]);
  expect((await Lease.current(stage.state))?.holder).toBeNull();

  await post(`/runs/${id}/resume`, 202);
  expect(await endedRun(stage, id)).toMatchObject({ outcome: "promoted", model: 1, resumed: 1 });
  const [{ epochs } = { epochs: [] }] = (await resultOf(id)).networks;
  expect(epochs.length).toBeGreaterThan(0);
  expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, index) => index + 1));
  const log = await lastLog(id);
  expect(log).toMatch(/epoch \d+\//);
  expect(log).not.toContain("epoch 1/");
  await stage.host.becomes("stopped");
});

test("a trainer that is killed is started again from its checkpoint, by itself", async () => {
  const id = `${await fresh(40)}-1`;
  await trainedFor(stage, id, 3);
  killTrainer(id);
  const run = await endedRun(stage, id);
  expect(run, JSON.stringify(run.error)).toMatchObject({ model: 2, resumed: 0, error: null });
  expect(run.steps.training).toMatchObject({ number: 2, lost: 1 });
  expect(await lastLog(id)).not.toContain("epoch 1/");
  await stage.host.becomes("stopped");
});

test("a batch with a broken photo is rejected with one comment, which is not repeated", async () => {
  const files = await drawn(4, 900);
  const photo = files.find(({ name }) => name.startsWith("images/"));
  if (!photo) throw new Error("No photo was drawn");
  photo.bytes = photo.bytes.subarray(0, photo.bytes.length / 2);
  const before = await Registry.read(stage.state);
  const batch = await bring(stage.api, files, "broken");
  expect(await endedRun(stage, `${batch}-1`)).toMatchObject({ outcome: "rejected", model: null });

  const { comments } = stage.github.state;
  expect(comments).toHaveLength(1);
  expect(comments[0]?.body).toContain(photo.name);
  await invoke(stage, "reportRejection", { runId: `${batch}-1` });
  expect(comments).toHaveLength(1);
  expect(stage.github.state.violations).toEqual([]);

  expect(await Registry.read(stage.state)).toEqual(before);
  expect(await stage.host.state()).toBe("stopped");
  const kept = await stage.state.blobs.list(prefix(batch));
  expect(kept).toHaveLength(files.length + 1);
});

test("calls that AWS throttles, and answers that are lost on the way, change nothing", async () => {
  // Each function is met by fewer than its SDK's six attempts, one after the other.
  const { bucket, table } = stage.world;
  const throttled = { code: "ThrottlingException", count: 3 };
  const slow = { code: "SlowDown", status: 503, count: 3 };
  const busy = { code: "RequestLimitExceeded", status: 503, count: 3 };
  const lost = { code: "InternalServerError", status: 500, after: true, count: 2 };
  const faults: Fault[] = [
    { ...throttled, app: "startRun", service: "dynamodb", resource: table },
    { ...throttled, app: "startRun", service: "states", action: "StartExecution", count: 2 },
    { ...lost, app: "planValidation", service: "dynamodb", action: "PutItem", resource: table },
    { ...slow, app: "commitDataset", service: "s3", action: "PutObject", resource: bucket },
    { ...lost, app: "commitDataset", service: "dynamodb", action: "PutItem", resource: table },
    { ...lost, app: "acquireHost", service: "dynamodb", action: "PutItem", resource: table },
    { ...busy, app: "startHost", service: "ec2", action: "DescribeInstances", count: 2 },
    { ...busy, app: "startHost", service: "ec2", action: "StartInstances", count: 2 },
    { ...throttled, app: "startTraining", service: "ssm", action: "SendCommand" },
    { ...throttled, app: "checkTraining", service: "ssm", action: "GetCommandInvocation" },
    { ...lost, app: "decideGate", service: "dynamodb", action: "PutItem", resource: table },
    { ...slow, app: "decideGate", service: "s3", action: "PutObject", resource: `${bucket}/models` },
  ];
  for (const fault of faults) await inject(fault);
  const run = await endedRun(stage, `${await fresh(20)}-1`);
  expect(run, JSON.stringify(run.error)).toMatchObject({ model: 3, error: null });
  await stage.host.becomes("stopped");
});

test("no capacity for the host: the run waits until there is some", async () => {
  await inject({
    service: "ec2",
    resource: stage.world.instanceId,
    action: "StartInstances",
    code: "InsufficientInstanceCapacity",
    status: 500,
    count: 10,
  });
  const id = `${await fresh(20)}-1`;
  expect(await endedRun(stage, id)).toMatchObject({ model: 4, resumed: 0, error: null });
  const execution = (await executions(stage.world.stateMachineArn)).at(-1);
  const seen = await visits(execution?.executionArn ?? "");
  expect(seen.filter(({ state }) => state === "StartHost").length).toBeGreaterThan(3);
  await stage.host.becomes("stopped");
});

test("no role was refused anything", async () => {
  expect(await refusals(stage)).toEqual([]);
});
