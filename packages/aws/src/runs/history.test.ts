import type { HistoryEvent as SfnEvent } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { stepsOf } from "./history";

type Line = [type: string, state?: string, details?: { error?: string; cause?: string }];

/** Events as GetExecutionHistory answers them, a second apart, in pages of three. */
async function* pages(lines: Line[]) {
  const events = lines.map(([type, name, details], i) => {
    const field = type[0]?.toLowerCase() + type.slice(1);
    return {
      id: i + 1,
      type,
      timestamp: new Date(1_000 * i),
      ...(type.endsWith("Entered") && { stateEnteredEventDetails: { name } }),
      ...(type.endsWith("Exited") && { stateExitedEventDetails: { name } }),
      ...(details && { [`${field}EventDetails`]: details }),
    } as SfnEvent;
  });
  for (let at = 0; at < events.length; at += 3) yield { events: events.slice(at, at + 3) };
}
const told = async (lines: Line[]) =>
  (await stepsOf("b1-1", pages(lines))).map(({ type, state, detail, at }) =>
    [at / 1_000, type, state, detail && JSON.stringify(detail)]
      .filter((part) => part !== undefined)
      .join(" "),
  );

const lambda = (state: string): Line[] => [
  ["TaskStateEntered", state],
  ["LambdaFunctionScheduled"],
  ["LambdaFunctionStarted"],
  ["LambdaFunctionSucceeded"],
  ["TaskStateExited", state],
];

test("steps are told as they are entered and left, looks that are repeated once", async () => {
  const lines: Line[] = [
    ["ExecutionStarted"],
    ["ParallelStateEntered", "HostSession"],
    ["ParallelStateStarted"],
    ...lambda("CheckTraining"),
    ["ChoiceStateEntered", "IsTrained"],
    ["ChoiceStateExited", "IsTrained"],
    ["WaitStateEntered", "WaitForTraining"],
    ["WaitStateExited", "WaitForTraining"],
    ...lambda("CheckTraining"),
    ...lambda("DecideGate"),
    ["ParallelStateSucceeded"],
    ["ParallelStateExited", "HostSession"],
    ["SucceedStateEntered", "Finished"],
    ["SucceedStateExited", "Finished"],
    ["ExecutionSucceeded"],
  ];
  expect(await told(lines)).toEqual([
    "0 ExecutionStarted",
    "3 StateEntered CheckTraining",
    "17 StateExited CheckTraining",
    "17 StateEntered DecideGate",
    "24 StateExited DecideGate",
    "24 StateEntered Finished",
    "26 StateExited Finished",
    "26 ExecutionSucceeded",
  ]);
});

test("an attempt that fails is not a state that failed; the last one is", async () => {
  const lost = { error: "host.lost", cause: "gone" };
  const lines: Line[] = [
    ["ExecutionStarted"],
    ["TaskStateEntered", "StartHost"],
    ["LambdaFunctionScheduled"],
    ["LambdaFunctionFailed", undefined, { error: "world.throttled" }],
    ["LambdaFunctionScheduled"],
    ["LambdaFunctionSucceeded"],
    ["TaskStateExited", "StartHost"],
    ["TaskStateEntered", "CheckTraining"],
    ["LambdaFunctionScheduled"],
    ["LambdaFunctionFailed", undefined, lost],
    ["TaskStateExited", "CheckTraining"],
    ["FailStateEntered", "Failed"],
    ["ExecutionFailed", undefined, lost],
  ];
  const detail = '{"Error":"host.lost","Cause":"gone"}';
  expect(await told(lines)).toEqual([
    "0 ExecutionStarted",
    "1 StateEntered StartHost",
    "7 StateExited StartHost",
    "7 StateEntered CheckTraining",
    `11 StateFailed CheckTraining ${detail}`,
    "11 StateEntered Failed",
    `12 StateFailed Failed ${detail}`,
    `12 ExecutionFailed ${detail}`,
  ]);
});

test("what goes on inside a map is not told", async () => {
  const inner: Line[] = [
    ["MapIterationStarted"],
    ...lambda("ValidatePart"),
    ["LambdaFunctionFailed", undefined, { error: "x" }],
    ["MapIterationSucceeded"],
  ];
  const lines: Line[] = [
    ["ExecutionStarted"],
    ["MapStateEntered", "ValidateParts"],
    ["MapStateStarted"],
    ...inner,
    ...inner,
    ["MapStateSucceeded"],
    ["MapStateExited", "ValidateParts"],
    ["PassStateEntered", "Merge"],
    ["PassStateExited", "Merge"],
    ["ExecutionSucceeded"],
  ];
  expect((await told(lines)).map((line) => line.replace(/^\d+ /, ""))).toEqual([
    "ExecutionStarted",
    "StateEntered ValidateParts",
    "StateExited ValidateParts",
    "StateEntered Merge",
    "StateExited Merge",
    "ExecutionSucceeded",
  ]);
});

test("a distributed map that fails is a state that failed", async () => {
  const lines: Line[] = [
    ["ExecutionStarted"],
    ["MapStateEntered", "ValidateParts"],
    ["MapRunStarted"],
    ["MapRunFailed", undefined, { error: "States.ExceedToleratedFailureThreshold", cause: "1 of 2" }],
    ["MapStateFailed"],
    ["MapStateExited", "ValidateParts"],
    ["TaskStateEntered", "RecordFailure"],
  ];
  expect((await told(lines)).slice(1)).toEqual([
    "1 StateEntered ValidateParts",
    '6 StateFailed ValidateParts {"Error":"States.ExceedToleratedFailureThreshold","Cause":"1 of 2"}',
    "6 StateEntered RecordFailure",
  ]);
});

test.each([
  ["ExecutionAborted", { error: "run.stopped" }, '{"Error":"run.stopped"}'],
  ["ExecutionTimedOut", { error: "States.Timeout" }, '{"Error":"States.Timeout"}'],
])("%s ends it; what still comes after is not told", async (type, details, detail) => {
  const lines: Line[] = [
    ["ExecutionStarted"],
    ["TaskStateEntered", "A"],
    [type, undefined, details],
    ["ParallelStateExited", "HostSession"],
    ["TaskStateEntered", "B"],
  ];
  expect(await told(lines)).toEqual([
    "0 ExecutionStarted",
    "1 StateEntered A",
    "2 StateExited A",
    `2 ExecutionAborted ${detail}`,
  ]);
});
