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

test("while the batch's run is under way, that one is answered; then comes the next attempt", async () => {
  await startRun(created(MARKER), world);
  expect(await startRun(created(MARKER, "2"), world)).toEqual({ runId: "a-1" });
  await Run.end("a-1", "rejected", "", world);
  expect(await startRun(created(MARKER, "3"), world)).toEqual({ runId: "a-2" });
});
