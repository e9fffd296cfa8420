import { SluiceError } from "@sluice/core";
import { afterEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { Failure } from "../failure";
import type { StepInput } from "../step";
import { onAws } from "./on-aws";

afterEach(() => vi.restoreAllMocks());

/** What is written while it runs, as the JSON that CloudWatch reads. */
function written() {
  const lines: Record<string, unknown>[] = [];
  for (const stream of ["log", "info", "error", "warn"] as const)
    vi.spyOn(console, stream).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((line) => lines.push(JSON.parse(String(line))) > 0);
  return lines;
}
type Two = { first: string; second: string };

test("ports are made when a step uses them, once per container", async () => {
  const made: string[] = [];
  const port = (name: string) => () => {
    made.push(name);
    return name;
  };
  const handler = onAws(async ({ runId }: StepInput, world: Two) => [runId, world.first, world.first], {
    first: port("first"),
    second: port("second"),
  });
  written();
  expect(made).toEqual([]);
  expect(await handler({ runId: "b-1" })).toEqual(["b-1", "first", "first"]);
  await handler({ runId: "b-1" });
  expect(made).toEqual(["first"]);
});

test("an error is named by its code, and Failure reads it as Lambda reports it", async () => {
  const handler = onAws(async () => {
    throw new SluiceError("world.throttled", "DynamoDB throttles", "It is tried again.");
  }, {});
  const lines = written();
  const error: Error = await handler({ runId: "b-1" }).then(
    () => expect.unreachable(),
    (cause: Error) => cause,
  );
  expect(error.name).toBe("world.throttled");
  const reported = { errorType: error.name, errorMessage: error.message, trace: [] };
  expect(Failure.parse({ Error: error.name, Cause: JSON.stringify(reported) })).toEqual({
    code: "world.throttled",
    message: "DynamoDB throttles",
    hint: "It is tried again.",
  });
  const fault = { code: "world.throttled", message: "DynamoDB throttles", hint: "It is tried again." };
  expect(lines).toContainEqual(expect.objectContaining({ level: "ERROR", runId: "b-1", fault }));
  expect(lines).toContainEqual(expect.objectContaining({ StepFailed: 1, StepDuration: expect.any(Number) }));
});

test("how it went is logged with the run, and measured", async () => {
  const handler = onAws(
    async () => ({ hours: 2 }),
    {},
    {
      input: z.unknown(),
      measure: ({ hours }, metrics) => void metrics.addMetric("HostHours", "None" as never, hours),
    },
  );
  const lines = written();
  await handler({ runId: "b-1" });
  const [log, metric] = lines;
  expect(log).toMatchObject({ level: "INFO", message: "Done", runId: "b-1", answer: { hours: 2 } });
  expect(metric).toMatchObject({ StepSucceeded: 1, HostHours: 2, service: "local" });
});

test("an event that does not fit fails as usage.invalid, before the step", async () => {
  const step = vi.fn(async () => "");
  written();
  await expect(onAws(step, {})({ runId: 3 })).rejects.toMatchObject({ name: "usage.invalid" });
  expect(step).not.toHaveBeenCalled();
});
