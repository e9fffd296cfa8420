import { allStates, pipelineAsl } from "@sluice/local/runner/asl";
import type { Around } from "@sluice/local/runner/index";
import { describe, expect, test } from "vitest";
import { STEPS } from "../../stacks/pipeline-definition";
import { putBatch } from "./batches";
import { fakeWorld } from "./fake-world";
import { expectHostGivenBack, runnerOf, useHome } from "./simulate";

useHome();

describe("a fault at", () => {
  const tasks = [...allStates(pipelineAsl().States)]
    .filter(([, s]) => s.Type === "Task")
    .map(([name]) => name);

  test.each(tasks)("%s leaves no host running, and the run can be resumed to its end", async (task) => {
    const world = fakeWorld();
    let isBroken = true;
    const around: Around = (state, run) => async (input) => {
      if (isBroken && state === task) throw Object.assign(new Error("injected"), { name: "Injected" });
      return run(input);
    };
    const runner = runnerOf(world, around);
    const { runId } = await runner.start({ batch: await putBatch(world, 1) });
    const first = await runner.wait(runId);
    if (task !== "ReleaseHost") await expectHostGivenBack(world);
    if (first.outcome !== "failed") return;

    isBroken = false;
    await runner.resume(runId);
    expect(await runner.wait(runId)).toMatchObject({ outcome: "promoted" });
    expect(world.trainings).toBe(1);
    expect(world.pulls).toHaveLength(1);
    await expectHostGivenBack(world);
  });
});

test("every step of the definition has its handler, and no handler is left over", async () => {
  const functions = await import("../../packages/functions/src");
  const helpers = ["bind", "Failure", "StepError", "StepInput", "stopRun"];
  expect(
    Object.keys(functions)
      .filter((name) => !helpers.includes(name))
      .sort(),
  ).toEqual([...STEPS].sort());
});
