import type { CommandInvocationStatus } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { executionTimeout, hostLine, quoted } from "./command-line";
import { inOurWords } from "./invocation";

test.each<[CommandInvocationStatus, string, number, object]>([
  ["Pending", "Pending", -1, { state: "running" }],
  ["InProgress", "InProgress", -1, { state: "running" }],
  ["Delayed", "Delayed", -1, { state: "running" }],
  ["Cancelling", "Cancelling", -1, { state: "running" }],
  ["Success", "Success", 0, { state: "ended", exitCode: 0 }],
  ["Failed", "Failed", 3, { state: "ended", exitCode: 3 }],
  ["Failed", "Failed", -1, { state: "lost", why: "SSM says Failed" }],
  ["Failed", "Undeliverable", -1, { state: "lost", why: "SSM says Undeliverable" }],
  ["Failed", "Terminated", -1, { state: "lost", why: "SSM says Terminated" }],
  ["TimedOut", "Delivery Timed Out", -1, { state: "lost", why: "SSM could not deliver it" }],
  ["TimedOut", "DeliveryTimedOut", -1, { state: "lost", why: "SSM could not deliver it" }],
  ["TimedOut", "ExecutionTimedOut", -1, { state: "ended", exitCode: 124 }],
  ["Cancelled", "Cancelled", -1, { state: "cancelled" }],
])("%s (%s, code %i) in our words", (Status, StatusDetails, ResponseCode, expected) => {
  expect(inOurWords({ Status, StatusDetails, ResponseCode })).toEqual(expected);
});

test("the line runs with the stage's names, quoted for sh; setting up has its own time", () => {
  const stage = { stage: "dev", bucket: "b", table: "t", region: "eu-west-1", release: "abc" };
  const command = { id: "run-1-train-1", line: "echo 'it is' $HOME", timeoutSeconds: 60 };
  expect(hostLine(command, stage)).toBe(
    `PATH="$PATH:/usr/local/bin" SLUICE_STAGE='dev' SLUICE_BUCKET='b' SLUICE_TABLE='t' SLUICE_WORLD='@sluice/aws' AWS_REGION='eu-west-1' AWS_SDK_UA_APP_ID='host' sluice-host run --release abc --id run-1-train-1 --timeout 60 -- 'echo '\\''it is'\\'' $HOME'`,
  );
  expect(() => quoted("echo {{ssm:secret}}")).toThrow(/SSM would fill in/);
  expect(executionTimeout(60)).toBe("1860");
  expect(executionTimeout(172_800)).toBe("172800");
});
