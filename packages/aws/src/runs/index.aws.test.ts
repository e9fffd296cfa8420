import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { Run } from "@sluice/core";
import { eventually } from "@sluice/core/testing/contracts/make";
import { expect, onTestFinished, test } from "vitest";
import { sdk } from "../clients";
import { systemClock } from "../clock";
import { dynamoDocuments } from "../documents";
import { testRole, testTable } from "../testing";
import { sfnRuns } from "./index";

const client = sdk(SFNClient);
const GOOD = { Good: { Type: "Succeed" } };
const BAD = { Bad: { Type: "Fail", Error: "host.lost", Cause: "gone" } };
const LONG = { Long: { Type: "Wait", Seconds: 60, Next: "Good" }, ...GOOD };

/** A state machine, and runs on it. */
async function runsOf(States: Record<string, unknown>) {
  const { stateMachineArn = "" } = await client.send(
    new CreateStateMachineCommand({
      name: `runs-${crypto.randomUUID()}`,
      roleArn: await testRole("states"),
      definition: JSON.stringify({ StartAt: Object.keys(States)[0], States }),
    }),
  );
  onTestFinished(async () => void (await client.send(new DeleteStateMachineCommand({ stateMachineArn }))));
  const world = { documents: dynamoDocuments({ table: await testTable() }), clock: systemClock };
  const runs = sfnRuns({ stateMachineArn, world, stopLimitMs: 1_500 });
  const names = async () => {
    const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions.map(({ name }) => name).sort();
  };
  const status = async (name: string) => {
    const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    return (await client.send(new DescribeExecutionCommand({ executionArn }))).status;
  };
  const ends = (name: string) =>
    eventually(
      () => status(name),
      (now) => now !== "RUNNING",
    );
  return { runs, world, names, status, ends };
}
const told = (events: { type: string; state?: string }[]) =>
  events.map(({ type, state }) => [type, state].filter(Boolean).join(" "));

test("a batch is started once while it is under way, also by many at once; then it has a next run", async () => {
  const { runs, world, names, ends } = await runsOf(GOOD);
  const started = await Promise.all(Array.from({ length: 5 }, () => runs.start({ batch: "Data_1" })));
  const [{ runId } = { runId: "" }] = started;
  expect(runId).toMatch(/^data-1-[0-9a-f]{8}-1$/);
  expect(new Set(started.map((run) => run.runId))).toEqual(new Set([runId]));
  expect(await names()).toEqual([runId]);
  expect(await ends(runId)).toBe("SUCCEEDED");

  await Run.end(runId, "kept", "not better", world);
  const next = await runs.start({ batch: "Data_1", masks: "threshold" });
  expect(next.runId).toBe(runId.replace(/1$/, "2"));
  expect(await Run.get(next.runId, world)).toMatchObject({ batch: "Data_1", masks: "threshold" });
});

test("a failed run is resumed as an execution of its own, by two at once only once", async () => {
  const { runs, world, names, ends } = await runsOf(BAD);
  await runs.start({ batch: "b1" });
  expect(await ends("b1-1")).toBe("FAILED");
  await Run.end("b1-1", "failed", "lost", world);

  await Promise.all([runs.resume("b1-1"), runs.resume("b1-1")]);
  expect(await names()).toEqual(["b1-1", "b1-1-r1"]);
  expect(await Run.get("b1-1", world)).toMatchObject({ outcome: null, resumed: 1 });
  expect(await ends("b1-1-r1")).toBe("FAILED");

  const once = ["ExecutionStarted", "StateEntered Bad", "StateFailed Bad", "ExecutionFailed"];
  const history = await runs.history("b1-1");
  expect(told(history)).toEqual([...once, ...once]);
  expect(history.at(-1)).toMatchObject({ runId: "b1-1", detail: { Error: "host.lost", Cause: "gone" } });
});

test("one that was opened again, but never begun, is begun", async () => {
  const { runs, world, names, ends } = await runsOf(BAD);
  await runs.start({ batch: "b1" });
  await ends("b1-1");
  await Run.end("b1-1", "failed", "lost", world);
  await Run.reopen("b1-1", world);
  expect(told(await runs.history("b1-1"))).toHaveLength(4);

  await runs.resume("b1-1");
  expect(await names()).toEqual(["b1-1", "b1-1-r1"]);
  expect(await Run.get("b1-1", world)).toMatchObject({ resumed: 1 });
});

test("resuming what runs changes nothing", async () => {
  const { runs, names } = await runsOf(LONG);
  await runs.start({ batch: "b1" });
  await runs.resume("b1-1");
  expect(await names()).toEqual(["b1-1"]);
});

test("a run that broke off after its outcome has its clean-up done, and keeps the outcome", async () => {
  const { runs, world, names, ends } = await runsOf(BAD);
  await runs.start({ batch: "b1" });
  await ends("b1-1");
  await Run.end("b1-1", "promoted", "better", world);
  await Promise.all([runs.resume("b1-1"), runs.resume("b1-1")]);
  expect(await names()).toEqual(["b1-1", "b1-1-r1"]);
  expect(await Run.get("b1-1", world)).toMatchObject({ outcome: "promoted", resumed: 1 });
});

test("what has ended well is not resumed, and what is unknown neither", async () => {
  const { runs, world, names, ends } = await runsOf(GOOD);
  await runs.start({ batch: "b1" });
  expect(await ends("b1-1")).toBe("SUCCEEDED");
  await Run.end("b1-1", "promoted", "better", world);
  await expect(runs.resume("b1-1")).rejects.toMatchObject({ code: "run.not_resumable" });
  await expect(runs.stop("b1-1")).rejects.toMatchObject({ code: "run.not_resumable" });
  expect(await names()).toEqual(["b1-1"]);
  for (const ask of [runs.resume, runs.stop, runs.history]) {
    await expect(ask("nope-1")).rejects.toMatchObject({ code: "run.not_found" });
  }
});

test("a run is stopped, and waited for until its clean-up has said so", async () => {
  const { runs, world, ends } = await runsOf(LONG);
  await runs.start({ batch: "b1" });
  // The part of the function stopRun, which a rule calls when an execution is aborted.
  const cleanUp = ends("b1-1").then(async (status) => {
    await Run.end("b1-1", "stopped", "by hand", world);
    return status;
  });
  await runs.stop("b1-1");
  expect(await Run.get("b1-1", world)).toMatchObject({ outcome: "stopped" });
  expect(await cleanUp).toBe("ABORTED");
  expect(told(await runs.history("b1-1"))).toEqual(["ExecutionStarted", "ExecutionAborted"]);

  await runs.resume("b1-1");
  expect(await Run.get("b1-1", world)).toMatchObject({ outcome: null, resumed: 1 });
});

test("where the clean-up does not come, stopping says so, also when it is said again", async () => {
  const { runs, status } = await runsOf(LONG);
  await runs.start({ batch: "b1" });
  for (const _ of ["first", "again"]) {
    await expect(runs.stop("b1-1")).rejects.toMatchObject({
      code: "run.failed",
      message: expect.stringContaining("b1-1 is aborted, but its clean-up has not ended"),
    });
  }
  expect(await status("b1-1")).toBe("ABORTED");
});

test("a run that never began is stopped at once", async () => {
  const { runs, world } = await runsOf(LONG);
  await Run.open({ batch: "b1" }, world);
  expect(await runs.history("b1-1")).toEqual([]);
  await runs.stop("b1-1");
  expect(await Run.get("b1-1", world)).toMatchObject({ outcome: "stopped" });
});

test("a history of over a thousand events is read to its end", async () => {
  const part = { StartAt: "Part", States: { Part: { Type: "Pass", End: true } } };
  const branch = { StartAt: "Inside", States: { Inside: { Type: "Pass", End: true } } };
  const { runs, ends } = await runsOf({
    List: { Type: "Pass", Result: { list: Array.from({ length: 600 }, (_, i) => i) }, Next: "Parts" },
    Parts: { Type: "Map", ItemsPath: "$.list", ItemProcessor: part, ResultPath: null, Next: "Session" },
    Session: { Type: "Parallel", Branches: [branch], Next: "Good" },
    ...GOOD,
  });
  await runs.start({ batch: "b1" });
  expect(await ends("b1-1")).toBe("SUCCEEDED");
  expect(told(await runs.history("b1-1"))).toEqual([
    "ExecutionStarted",
    ...["List", "Parts", "Inside", "Good"].flatMap((state) => [
      `StateEntered ${state}`,
      `StateExited ${state}`,
    ]),
    "ExecutionSucceeded",
  ]);
});

test("a state machine that is not there is named", async () => {
  const stateMachineArn = "arn:aws:states:eu-west-1:000000000000:stateMachine:nowhere";
  const world = { documents: dynamoDocuments({ table: await testTable() }), clock: systemClock };
  await expect(sfnRuns({ stateMachineArn, world }).start({ batch: "b1" })).rejects.toMatchObject({
    code: "world.misconfigured",
    message: expect.stringContaining(stateMachineArn),
  });
});
