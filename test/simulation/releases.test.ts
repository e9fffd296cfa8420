import { Registry } from "@sluice/core";
import { expect, test } from "vitest";
import { releasing, served, states } from "./releasing";
import { expectHostGivenBack, useHome } from "./simulate";

useHome();

test("a good canary takes over after its window", async () => {
  const { world, release } = await releasing("canary");
  world.serving.traffic = 100;
  const run = await release();
  expect(run).toMatchObject({ outcome: "promoted", model: 2 });
  expect(run.steps.observeCanary).toMatchObject({
    verdict: "good",
    observation: {
      live: { canary: { errors: 0 }, champion: { errors: 0 } },
      replayed: { canary: { requests: 0 } },
    },
  });
  expect(await served(world)).toEqual([
    [1, null, 0],
    [1, 2, 0.1],
    [2, null, 0],
  ]);
  expect(await states(world, run.id)).toContain("ObserveCanary");
  await expectHostGivenBack(world);
});

test("a canary broken on purpose is rolled back, and the run says why", async () => {
  const { world, release } = await releasing("canary");
  world.serving.traffic = 100;
  world.serving.conduct[2] = { fails: 0.2 };
  const run = await release();
  expect(run).toMatchObject({
    outcome: "rolled_back",
    summary: expect.stringMatching(/^the canary was bad: \d+ of \d+ requests failed$/),
  });
  expect(await served(world)).toEqual([
    [1, null, 0],
    [1, 2, 0.1],
    [1, null, 0],
  ]);
  expect((await Registry.read(world)).champion).toBe(1);
  await expectHostGivenBack(world);
});

test("where many photos are one question, a canary without traffic is judged by their answers", async () => {
  const { world, release } = await releasing("canary");
  const { serving } = world;
  let questions = 0;
  serving.predictAll = (asked) => {
    questions++;
    return Promise.all(
      asked.map(({ photo, role }) => serving.predict(photo, { role }).catch((e: Error) => e)),
    );
  };
  expect(await release()).toMatchObject({ outcome: "promoted" });
  expect({ questions, replays: serving.replays }).toEqual({ questions: 5, replays: 100 }); // to both
});
