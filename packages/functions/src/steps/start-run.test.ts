import { Run, type Runs, Settings } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { beforeEach, expect, test } from "vitest";
import { type Created, startRun } from "./start-run";

let world: ReturnType<typeof fresh>;
let executions: string[];
function fresh() {
  const memory = memoryWorld();
  const start: Runs["start"] = async (input) => {
    const { id } = await Run.open(input, memory);
    if (!executions.includes(id)) executions.push(id);
    return { runId: id };
  };
  return { ...memory, settings: Settings.parse({ masks: "threshold" }), runs: { start } as Runs };
}
beforeEach(() => {
  executions = [];
  world = fresh();
});
const created = (key: string, version = "1"): Created => ({ bucket: "data", key, version });
const MARKER = "incoming/a/_SUCCESS";

test.each([MARKER, "incoming/a.zip"])("%s starts the batch's run, with the stage's masks", async (key) => {
  expect(await startRun(created(key), world)).toEqual({ runId: "a-1" });
  expect(await Run.get("a-1", world)).toMatchObject({ batch: "a", masks: "threshold" });
});

test.each([
  "incoming/a/images/x.zip",
  "incoming/a/images/_SUCCESS",
  "incoming/_SUCCESS",
  "incoming/.zip",
  "incoming/a/_SUCCESS.txt",
  "data/a/_SUCCESS",
])("%s completes no batch", async (key) => {
  expect(await startRun(created(key), world)).toEqual({ ignored: `${key} completes no batch` });
  expect(executions).toEqual([]);
});

test("the same event again is the same run, also after that has ended", async () => {
  await startRun(created(MARKER), world);
  await Run.end("a-1", "rejected", "", world);
  world.clock.advance(1);
  expect(await startRun(created(MARKER), world)).toEqual({ runId: "a-1" });
  expect(executions).toEqual(["a-1"]);
});

test("a marker that is uploaded anew is a new attempt, or the run under way", async () => {
  await startRun(created(MARKER), world);
  expect(await startRun(created(MARKER, "2"), world)).toEqual({ runId: "a-1" });
  await Run.end("a-1", "rejected", "", world);
  expect(await startRun(created(MARKER, "3"), world)).toEqual({ runId: "a-2" });
});

test("twenty deliveries at once are one run", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => startRun(created(MARKER), world)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set(['{"runId":"a-1"}']));
});

test("one that died after it started the run finds it again, though it has ended", async () => {
  const { start } = world.runs;
  world.runs.start = async (input) => {
    await start(input);
    throw new Error("died");
  };
  await expect(startRun(created(MARKER), world)).rejects.toThrow("died");
  await Run.end("a-1", "rejected", "", world);
  world.clock.advance(60_000);
  world.runs.start = start;
  expect(await startRun(created(MARKER), world)).toEqual({ runId: "a-1" });
});
