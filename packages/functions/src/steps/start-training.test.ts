import { Run, readJson, Settings, Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import { startTraining } from "./start-training";

const VERSION = "d".repeat(64);
const RELEASE = "e".repeat(64);

test.each([
  [RELEASE, { hostRelease: RELEASE }],
  [undefined, {}],
])("a job says which trainer was sent for: release %s", async (release, said) => {
  const lines: string[] = [];
  const commands = {
    ...(release && { release }),
    send: async ({ line }: { line: string }) => void lines.push(line),
    status: async () => undefined,
    cancel: async () => {},
  };
  const world = { ...memoryWorld(), commands, settings: Settings.parse({}), codeCommit: "abc" };
  await Run.create({ id: "a-1", batch: "a" }, world);
  await Run.note("a-1", { datasetVersion: VERSION }, world);

  expect(await startTraining({ runId: "a-1" }, world)).toEqual({ attempt: 1 });
  const { recipe: _, ...job } = await readJson(Training.keys("a-1").job, Training.Job, world);
  expect(job).toEqual({
    runId: "a-1",
    datasetVersion: VERSION,
    champion: null,
    codeCommit: "abc",
    ...said,
  });
  expect(lines).toEqual(["sluice-trainer train --run a-1"]);
});
