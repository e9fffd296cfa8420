import { SluiceError } from "@sluice/core";
import { expect, test } from "vitest";
import { Failure } from "./failure";
import { inputOf, StepError, StepInput } from "./step";

const thrown = new StepError(new SluiceError("host.lost", "The host did not come up", "Look at it."));
const read = { code: "host.lost", message: "The host did not come up", hint: "Look at it." };

test("what a step threw reads the same from the local runner and from Lambda", () => {
  expect(Failure.parse({ Error: thrown.name, Cause: thrown.message })).toEqual(read);
  const lambda = { errorType: thrown.name, errorMessage: thrown.message, trace: ["host.lost: …", "at x"] };
  expect(Failure.parse({ Error: "host.lost", Cause: JSON.stringify(lambda) })).toEqual(read);
});

test.each([
  ["States.Timeout", "", /^A step did not answer in time$/, /Resume/],
  [
    "Sandbox.Timedout",
    '{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after 840.00 seconds"}',
    /^A step did not end within its Lambda's time limit: Task timed out after 840.00 seconds$/,
    /more time/,
  ],
  [
    "Runtime.ExitError",
    '{"errorType":"Runtime.ExitError","errorMessage":"exit status 1"}',
    /memory/,
    /memory/,
  ],
  [
    "TypeError",
    '{"errorType":"TypeError","errorMessage":"x is not a function","trace":[]}',
    /^x is not/,
    /^$/,
  ],
  ["Lambda.Unknown", "Returned payload: null", /^Returned payload: null$/, /^$/],
])("%s is said in words", (code, cause, message, hint) => {
  expect(Failure.parse({ Error: code, Cause: cause })).toEqual({
    code,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test("an execution that says nothing has still a failure", () => {
  expect(Failure.parse({})).toEqual({ code: "unknown", message: "unknown", hint: "" });
});

test("an input that does not fit is named field by field", () => {
  expect(() => inputOf(StepInput, { runId: "no id!" })).toThrow(
    "The input does not fit: runId: a run id is letters, digits and dashes",
  );
});
