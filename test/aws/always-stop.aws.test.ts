import { fileURLToPath } from "node:url";
import { SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { Lease } from "@sluice/core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asRoot, ONCE } from "./deploy/clients";
import { refusals } from "./stage/access";
import { trainers } from "./stage/host-processes";
import { deployStage, type Stage, TOY } from "./stage/index";
import { onlyRules } from "./stage/layers";
import { executions } from "./stage/machine";
import { bring, drawn } from "./stage/people";
import { endedRun, trainedFor } from "./stage/runs";

const DEADMAN = fileURLToPath(new URL("../../deploy/host/bin/sluice-deadman", import.meta.url));
const POWER_OFF = fileURLToPath(new URL("doubles/power-off.mjs", import.meta.url));

/** Each layer alone: the others' rules are off, nobody calls their functions, and no dead-man timer runs. */
let stage: Stage;
beforeAll(async () => {
  const recipe = { ...TOY.recipe, epochs: 200, patience: 200 };
  stage = await deployStage("stop", { recipe, watchdogMinutes: 1 });
});
afterAll(() => stage?.remove());
beforeEach(async () => {
  await onlyRules(stage, []);
  await stage.host.becomes("stopped");
});

async function training(name: string, first: number): Promise<string> {
  const id = `${await bring(stage.api, await drawn(40, first), name)}-1`;
  await trainedFor(stage, id, 1);
  expect(await stage.host.state()).toBe("running");
  return id;
}

/** The host stays up for as long as it would have taken the layers to stop it. */
async function staysUp(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await stage.host.state()).toBe("running");
}

test("with all layers switched off, nobody stops a host", async () => {
  await stage.host.start();
  await staysUp();
  await stage.host.stop();
});

test("1, Catch: a training that fails", async () => {
  await onlyRules(stage, ["BatchArrived"]);
  // Too few pairs for a test set: the trainer refuses them.
  const batch = await bring(stage.api, await drawn(3, 0), "few");
  const run = await endedRun(stage, `${batch}-1`);
  expect(run).toMatchObject({ outcome: "failed", error: { code: "dataset.too_small" } });
  expect(run.steps).toHaveProperty("training");
  await stage.host.becomes("stopped");
});

test("2, the rule: an execution that is aborted", async () => {
  await onlyRules(stage, ["BatchArrived", "RunBroken"]);
  const id = await training("aborted", 10);
  const execution = (await executions(stage.world.stateMachineArn)).at(-1);
  await asRoot(SFNClient).send(new StopExecutionCommand({ executionArn: execution?.executionArn }));
  await stage.host.becomes("stopped");
  expect(await endedRun(stage, id)).toMatchObject({ outcome: "stopped" });
  expect(trainers().filter(({ runId }) => runId === id)).toEqual([]);
});

test("3, the watchdog: a host that runs, and no live lease", async () => {
  await stage.host.start();
  expect((await Lease.current(stage.state))?.holder ?? null).toBeNull();
  await onlyRules(stage, ["Watchdog"]);
  await stage.host.becomes("stopped", 150_000);
});

test("4, the dead-man on the host: it has been idle for too long", async () => {
  await stage.host.start();
  await staysUp();
  await asRoot(SSMClient, ONCE).send(
    new SendCommandCommand({
      DocumentName: "AWS-RunShellScript",
      InstanceIds: [stage.world.instanceId],
      Parameters: { commands: [`SLUICE_IDLE_SECONDS=1 SLUICE_POWER_OFF="node ${POWER_OFF}" sh ${DEADMAN}`] },
    }),
  );
  await stage.host.becomes("stopped");
});

test("5, the budget: it is spent", async () => {
  const topic = stage.resources.find(
    ({ type, logicalId }) => type === "AWS::SNS::Topic" && logicalId.startsWith("OverBudget"),
  );
  await onlyRules(stage, ["BatchArrived"]);
  const id = await training("dear", 60);
  await asRoot(SNSClient, ONCE).send(
    new PublishCommand({
      TopicArn: topic?.physicalId,
      Subject: `AWS Budgets: sluice-${stage.name} has exceeded your alert threshold`,
      Message: "ACTUAL Amount: $21.00",
    }),
  );
  await stage.host.becomes("stopped");
  expect(trainers().filter(({ runId }) => runId === id)).toEqual([]);
});

test("no role was refused anything", async () => {
  expect(await refusals(stage)).toEqual([]);
});
