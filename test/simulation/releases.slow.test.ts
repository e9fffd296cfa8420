import { rollback } from "@sluice/control/models/rollback";
import { Registry, Release, Run } from "@sluice/core";
import type { Around } from "@sluice/local/runner/index";
import { describe, expect, test } from "vitest";
import type { Conduct } from "./fake-serving";
import type { FakeWorld } from "./fake-world";
import { releasing, served } from "./releasing";
import { expectHostGivenBack, runnerOf, useHome } from "./simulate";

useHome();

test("with too little traffic test photos make up the number, and count apart", async () => {
  const { world, release } = await releasing("canary");
  world.serving.traffic = 0;
  const run = await release();
  expect(run.outcome).toBe("promoted");
  expect(run.steps.observeCanary).toMatchObject({
    verdict: "good",
    observation: {
      live: { canary: { requests: 0 } },
      replayed: { canary: { requests: 50 }, champion: { requests: 50 } },
    },
  });
  expect(world.serving.replays).toBe(100);
});

describe("a canary broken on purpose goes back, and says why:", () => {
  test.each([
    ["one that fails", { fails: 0.2 }, 100, /^the canary was bad: \d+ of \d+ requests failed$/],
    ["one that fails on replayed photos only", { fails: 1 }, 0, /bad: 3 of 3 replayed photos failed/],
    [
      "one that finds too much",
      { area: 0.4 },
      100,
      /its windows fill 40\.0 % of the requests, the champion's 10\.0 %/,
    ],
    [
      "one that is slow",
      { latencyMs: 900 },
      100,
      /99 % of its requests take up to 975 ms, the champion's 99 ms/,
    ],
    ["one that is not loaded", { isBroken: true }, 100, /it was not ready within 120 s: the model is cut/],
  ])("%s", async (_, conduct: Conduct, traffic, reason) => {
    const { world, release } = await releasing("canary");
    world.serving.traffic = traffic;
    world.serving.conduct[2] = conduct;
    if (conduct.isBroken) {
      const { loaded } = world.serving;
      world.serving.loaded = async () => {
        world.clock.advance(5_000);
        return loaded();
      };
    }
    const run = await release();
    expect(run.outcome).toBe("rolled_back");
    expect(run.summary).toMatch(reason);
    expect(await served(world)).toEqual([
      [1, null, 0],
      [1, 2, 0.1],
      [1, null, 0],
    ]);
    expect((await Release.history(world)).at(-1)?.reason).toMatch(/^rolled back: /);
    const { champion, challenger, models } = await Registry.read(world);
    expect({ champion, challenger, stage: models[1]?.stage }).toEqual({
      champion: 1,
      challenger: null,
      stage: "Archived",
    });
    expect(world.pulls).toHaveLength(1);
    await expectHostGivenBack(world);
  });
});

test("what cannot be seen is not released", async () => {
  const { world, release } = await releasing("canary");
  world.serving.onLook = async () => {
    const { canary } = (await Release.current(world)) ?? {};
    const looks = (await Run.list(world)).at(-1)?.steps.canary as { begun: unknown } | undefined;
    world.serving.hasNoMetrics = canary === 2 && looks?.begun !== null; // gone once the window has begun
  };
  const run = await release();
  expect(run).toMatchObject({
    outcome: "rolled_back",
    summary: "the canary was inconclusive: the metrics of champion and canary cannot be read",
  });
});

describe("blue-green", () => {
  test("warms without traffic, replays, then sends everything at once", async () => {
    const { world, release } = await releasing("blue-green");
    world.serving.traffic = 100;
    const run = await release();
    expect(run.outcome).toBe("promoted");
    expect(await served(world)).toEqual([
      [1, null, 0],
      [1, 2, 0],
      [1, 2, 1],
      [2, null, 0],
    ]);
    expect(world.serving.replays).toBe(100);
  });

  test("goes back at once when all traffic brings out what replay did not", async () => {
    const { world, release } = await releasing("blue-green");
    world.serving.traffic = 100;
    world.serving.onLook = async () => {
      if ((await Release.current(world))?.weight === 1) world.serving.conduct[2] = { fails: 0.5 };
    };
    const run = await release();
    expect(run).toMatchObject({
      outcome: "rolled_back",
      summary: expect.stringMatching(/50 of 100 requests failed/),
    });
    expect((await served(world)).slice(-2)).toEqual([
      [1, 2, 1],
      [1, null, 0],
    ]);
  });
});

describe("a rollback by hand while the canary is out", () => {
  const byHand = (world: FakeWorld) => rollback({ reason: "odd masks", by: "anna" }, world);

  test("takes it back, and the run ends as rolled back", async () => {
    const { world, release } = await releasing("canary");
    world.serving.traffic = 100;
    let looks = 0;
    world.serving.onLook = () => (++looks === 3 ? byHand(world) : undefined);
    const run = await release();
    expect(run).toMatchObject({
      outcome: "rolled_back",
      summary: "the canary was bad: it was taken back meanwhile: odd masks",
    });
    expect(await Release.current(world)).toMatchObject({ champion: 1, canary: null, by: "anna" });
  });

  test.each(["DeployCanary", "PromoteChampion"])("just before %s wins", async (state) => {
    const before: Around = (name, task) => async (input) => {
      if (name === state && (await Registry.read(world)).challenger === 2) await byHandTo1();
      return task(input);
    };
    const { world, release } = await releasing("canary", before);
    const byHandTo1 = () => rollback({ number: 1, reason: "odd masks", by: "anna" }, world);
    world.serving.traffic = 100;
    const run = await release();
    expect(run).toMatchObject({ outcome: "failed", error: { code: "release.conflict" } });
    expect(await Release.current(world)).toMatchObject({ champion: 1, canary: null });
    expect(await Registry.read(world)).toMatchObject({ champion: 1, challenger: null });
    await expectHostGivenBack(world);
  });

  test.each(["DeployFull", "SmokeTest", "OpenPullRequest"])("just before %s wins, too", async (state) => {
    const before: Around = (name, task) => async (input) => {
      if (name === state && (await Registry.read(world)).champion === 2)
        await rollback({ reason: "odd masks", by: "anna" }, world);
      return task(input);
    };
    const { world, release } = await releasing("canary", before);
    world.serving.traffic = 100;
    await release();
    expect(await Release.current(world)).toMatchObject({ champion: 1, canary: null });
    expect((await Registry.read(world)).champion).toBe(1);
  });
});

test("a run that dies while its canary is out leaves none behind, and goes on when it is resumed", async () => {
  let isBroken = true;
  const breaks: Around = (name, task) => async (input) => {
    if (isBroken && name === "ObserveCanary" && (await Release.current(world))?.canary === 2)
      throw Object.assign(new Error("injected"), { name: "Injected" });
    return task(input);
  };
  const { world, release } = await releasing("canary", breaks);
  world.serving.traffic = 100;
  const run = await release();
  expect(run.outcome).toBe("failed");
  expect(await Release.current(world)).toMatchObject({ champion: 1, canary: null });

  isBroken = false;
  const runner = runnerOf(world);
  await runner.resume(run.id);
  expect(await runner.wait(run.id)).toMatchObject({ outcome: "promoted", model: 2 });
  expect(world.trainings).toBe(2);
});
