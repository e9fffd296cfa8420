import { Dataset, Registry, Release, Run } from "@sluice/core";
import type { Around } from "@sluice/local/runner/index";
import { describe, expect, test } from "vitest";
import { putBatch, putBrokenBatch } from "./batches";
import { type FakeWorld, fakeWorld } from "./fake-world";
import { expectHostGivenBack, pushed, runnerOf, useHome } from "./simulate";

useHome();

const states = async (world: FakeWorld, runId: string) =>
  (await runnerOf(world).history(runId)).filter((e) => e.type === "StateEntered").map((e) => e.state);

test("the first batch makes the first champion", async () => {
  const world = fakeWorld();
  const run = await pushed(world, await putBatch(world, 1));
  expect(run).toMatchObject({
    outcome: "promoted",
    model: 1,
    judgedAgainst: null,
    pullRequest: "fake://pulls/1",
  });
  expect(await states(world, run.id)).toEqual([
    "PlanValidation",
    "ValidateParts",
    "ValidateBatch",
    "CommitDataset",
    "AcquireHost",
    "StartHost",
    "StartTraining",
    "CheckTraining",
    "DecideGate",
    "RollOut",
    "DeployCanary",
    "PromoteChampion",
    "DeployFull",
    "SmokeTest",
    "OpenPullRequest",
    "EnableAutoMerge",
    "ReleaseHost",
    "Finished",
  ]);
  expect(world.pulls).toEqual([{ title: "Model 1: Dice 0.9000, IoU 0.8182", merged: true }]);
  expect(run.steps.smokeTest).toEqual({
    good: true,
    reason: expect.stringMatching(/^[1-3] photos answered$/),
  });
  await expectHostGivenBack(world);
});

describe("a second batch", () => {
  test("promotes a better model", async () => {
    const world = fakeWorld();
    world.dices = [0.85, 0.95];
    await pushed(world, await putBatch(world, 1));
    expect(await pushed(world, await putBatch(world, 2))).toMatchObject({
      outcome: "promoted",
      judgedAgainst: 1,
      dice: expect.closeTo(0.95, 9),
    });
    expect(await Release.current(world)).toMatchObject({ champion: 2 });
  });

  test("keeps the champion against a worse one, with the reasons", async () => {
    const world = fakeWorld();
    world.dices = [0.95, 0.85];
    await pushed(world, await putBatch(world, 1));
    const run = await pushed(world, await putBatch(world, 2));
    expect(run.outcome).toBe("kept");
    expect(run.summary).toContain("Dice 0.8500 against 0.9500");
    const { champion, models } = await Registry.read(world);
    expect({ champion, stage: models[1]?.stage }).toEqual({ champion: 1, stage: "Archived" });
    await expectHostGivenBack(world);
  });

  test("with nothing new ends as unchanged, without waking the host", async () => {
    const world = fakeWorld();
    const batch = await putBatch(world, 1);
    const first = await pushed(world, batch);
    const again = await pushed(world, batch);
    expect(again).toMatchObject({ outcome: "unchanged" });
    expect(again.id).not.toBe(first.id);
    expect(world.trainings).toBe(1);
  });

  test.each(["failed", "stopped"])("whose run %s trains when it is pushed again", async (outcome) => {
    const world = fakeWorld();
    const runner = runnerOf(world);
    const batch = await putBatch(world, 1);
    if (outcome === "failed") world.fates = ["crashes"];
    else world.isTrainingHeld = true;
    const { runId } = await runner.start({ batch });
    await expect.poll(() => world.trainings, { timeout: 20_000 }).toBe(1);
    if (outcome === "stopped") await runner.stop(runId);
    expect(await runner.wait(runId)).toMatchObject({ outcome });
    world.isTrainingHeld = false;

    const again = await pushed(world, batch);
    expect(again).toMatchObject({ outcome: "promoted", model: 1 });
    expect(again.id).not.toBe(runId);
    expect(await Dataset.list(world)).toHaveLength(1);
    expect(await pushed(world, batch)).toMatchObject({ outcome: "unchanged" });
    expect(world.trainings).toBe(2);
  });

  test("judged against a champion that has gone is pushed again, and judged anew", async () => {
    const world = fakeWorld();
    world.dices = [0.8, 0.85, 0.9, 0.95];
    await pushed(world, await putBatch(world, 1));
    await pushed(world, await putBatch(world, 2));
    const rollsBackMeanwhile: Around = (state, task) => async (input) => {
      if (state === "PromoteChampion") await Registry.rollback({ number: 1, reason: "by hand" }, world);
      return task(input);
    };
    const batch = await putBatch(world, 3);
    const run = await pushed(world, batch, rollsBackMeanwhile);
    expect(run).toMatchObject({ outcome: "failed", error: { code: "release.conflict" }, model: 3 });
    expect(run.error?.hint).toMatch(/^Push the batch again/);
    await expect(runnerOf(world).resume(run.id)).rejects.toMatchObject({ code: "run.not_resumable" });

    const again = await pushed(world, batch);
    expect(again).toMatchObject({ outcome: "promoted", model: 4, judgedAgainst: 1 });
    await expectHostGivenBack(world);
  });

  test("that is broken is rejected file by file, and the champion untouched", async () => {
    const world = fakeWorld();
    await pushed(world, await putBatch(world, 1));
    const before = [await Release.current(world), await Dataset.head(world)];
    const run = await pushed(world, await putBrokenBatch(world));
    expect(run.outcome).toBe("rejected");
    expect(world.comments.at(-1)).toContain("images/lonely.png");
    expect([await Release.current(world), await Dataset.head(world)]).toEqual(before);
  });
});

describe("training", () => {
  test("lost twice is started again from its checkpoint", async () => {
    const world = fakeWorld();
    world.fates = ["vanishes", "falls silent"];
    expect(await pushed(world, await putBatch(world, 1))).toMatchObject({ outcome: "promoted" });
    expect(world.trainings).toBe(3);
  });

  test("lost three times fails the run; a person may resume it", async () => {
    const world = fakeWorld();
    world.fates = ["vanishes", "vanishes", "vanishes"];
    const run = await pushed(world, await putBatch(world, 1));
    expect(run).toMatchObject({ outcome: "failed", error: { code: "host.lost" } });
    await expectHostGivenBack(world);

    const runner = runnerOf(world);
    await runner.resume(run.id);
    expect(await runner.wait(run.id)).toMatchObject({ outcome: "promoted", error: null });
  });

  test("that crashes fails the run with the trainer's last words", async () => {
    const world = fakeWorld();
    world.fates = ["crashes"];
    const run = await pushed(world, await putBatch(world, 1));
    expect(run).toMatchObject({ outcome: "failed", error: { code: "training.failed" } });
    expect(run.error?.message).toContain("out of memory");
    await expectHostGivenBack(world);
  });
});

describe("judging", () => {
  /** A first champion, then a second batch whose step finds the world changed. */
  async function changed(state: string, change: (world: FakeWorld, runId: string) => Promise<unknown>) {
    const world = fakeWorld();
    world.dices = [0.8, 0.95];
    await pushed(world, await putBatch(world, 1));
    const around: Around = (name, task) => async (input) => {
      if (name === state) await change(world, "batch2-1");
      return task(input);
    };
    const run = await pushed(world, await putBatch(world, 2), around);
    expect(await Release.current(world)).toMatchObject({ champion: 1 });
    await expectHostGivenBack(world);
    return run;
  }

  test("an evaluation that cannot be read fails the run, and names it", async () => {
    const run = await changed("DecideGate", ({ blobs }, id) => blobs.put(`jobs/${id}/evaluation.json`, "{"));
    expect(run).toMatchObject({
      outcome: "failed",
      error: { code: "gate.not_evaluable", message: "jobs/batch2-1/evaluation.json is no JSON" },
    });
  });

  test("a champion whose files are not those registered keeps its place", async () => {
    const run = await changed("StartTraining", async ({ blobs }) => {
      const json = await blobs.get("models/1/model.json");
      await blobs.put("models/1/model.json", `${json} `);
    });
    expect(run.outcome).toBe("kept");
    expect(run.summary).toContain("Champion 1 is not the model that was registered: its files differ");
  });

  test("a challenger whose files are damaged is not promoted", async () => {
    const run = await changed("PromoteChampion", ({ blobs }) => blobs.put("models/2/model.onnx", "cut off"));
    expect(run).toMatchObject({ outcome: "failed", error: { code: "model.corrupt" } });
    expect(run.error?.message).toContain("models/2/model.onnx");
  });
});

test("a champion that is not served is rolled back", async () => {
  const world = fakeWorld();
  world.dices = [0.85, 0.95];
  await pushed(world, await putBatch(world, 1));
  const { predict } = world.serving;
  world.serving.predict = async (photo) => ({ ...(await predict(photo)), modelVersion: 1 });
  const run = await pushed(world, await putBatch(world, 2));
  expect(run).toMatchObject({ outcome: "rolled_back" });
  expect((await Registry.read(world)).champion).toBe(1);
  expect(await Release.current(world)).toMatchObject({ champion: 1 });
  await expectHostGivenBack(world);
});

test("of three runs at once the second is superseded, and the third trains on all three batches", async () => {
  const world = fakeWorld();
  const runner = runnerOf(world);
  world.isTrainingHeld = true;
  const started: string[] = [];
  for (const number of [1, 2, 3]) {
    const { runId } = await runner.start({ batch: await putBatch(world, number) });
    started.push(runId);
    await expect
      .poll(async () => (await Run.get(runId, world)).datasetVersion, { timeout: 20_000 })
      .not.toBeNull();
    if (number === 1) await expect.poll(() => world.trainings, { timeout: 20_000 }).toBe(1);
  }
  world.isTrainingHeld = false;
  const runs = await Promise.all(started.map((runId) => runner.wait(runId)));
  expect(runs.map((run) => run.outcome)).toEqual(["promoted", "superseded", "kept"]);
  const head = await Dataset.head(world);
  expect(runs.find((run) => run.datasetVersion === head?.version)?.outcome).not.toBe("superseded");
  await expectHostGivenBack(world);
});

test("the same batch started twice at once is one run", async () => {
  const world = fakeWorld();
  const runner = runnerOf(world);
  const batch = await putBatch(world, 1);
  const [a, b] = await Promise.all([runner.start({ batch }), runner.start({ batch })]);
  expect(a.runId).toBe(b.runId);
  await runner.wait(a.runId);
  expect(world.trainings).toBe(1);
});

test("a stopped run gives the host back, and can be resumed", async () => {
  const world = fakeWorld();
  let release = () => {};
  const reached = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold: Around = (state, task) => async (input) => {
    if (state === "StartTraining") release();
    return task(input);
  };
  world.fates = ["falls silent", "falls silent", "falls silent"];
  const runner = runnerOf(world, hold, 50);
  const { runId } = await runner.start({ batch: await putBatch(world, 1) });
  await reached;
  await runner.stop(runId);
  expect(await runner.wait(runId)).toMatchObject({ outcome: "stopped" });
  await expectHostGivenBack(world);

  world.fates = [];
  await runner.resume(runId);
  expect(await runner.wait(runId)).toMatchObject({ outcome: "promoted" });
});
