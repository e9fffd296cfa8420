import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollback } from "@sluice/control/models/rollback";
import { Lease, Registry, Release, Run, type World } from "@sluice/core";
import { localServing, openWorld } from "@sluice/local";
import { toyBundle } from "@sluice/serving/predictor/toy";
import { greyPhoto } from "@sluice/serving/testing/index";
import { expect, onTestFinished, test } from "vitest";
import { deployCanary } from "../packages/functions/src/steps/deploy-canary";
import { deployFull } from "../packages/functions/src/steps/deploy-full";
import { observeCanary } from "../packages/functions/src/steps/observe-canary";
import { promoteChampion } from "../packages/functions/src/steps/promote-champion";
import { rollBack } from "../packages/functions/src/steps/roll-back";
import { judged } from "./judged";
import { type Load, startLoad } from "./load";

const RELEASE = { strategy: "canary", windowSeconds: 12, minimumRequests: 20, canaryWeight: 0.2 } as const;
const LOOK_MS = 500;
/** From a verdict to the last answer of the model that is taken back. */
const ROLLBACK_LIMIT_MS = 10_000;

async function openServing() {
  const home = await mkdtemp(join(tmpdir(), "sluice-release-"));
  const opened = openWorld({ home, settings: { release: RELEASE }, codeCommit: "abc" });
  const { documents, commands } = opened;
  // A busy machine takes its time to start a program.
  const serving = localServing({ documents, commands, port: 4_480, startLimitMs: 240_000 });
  const world = { ...opened, serving };
  onTestFinished(async () => {
    for (const id of ["serve-1", "serve-2"]) await world.commands.cancel(id);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const first = await judged("a-1", toyBundle().files, world);
  await Registry.promote({ number: first, judgedAgainst: null, reason: "first" }, world);
  const { url } = await deployFull({ runId: "a-1" }, world);
  await expect.poll(() => world.serving.readyVersion(), { timeout: 60_000 }).toBe(first);
  await Lease.release({ holder: "a-1" }, world);
  return { world, url };
}

/** As the state machine does it. */
async function observed(runId: string, world: World): Promise<"good" | "back"> {
  expect(await deployCanary({ runId }, world)).toEqual({ state: "out" });
  for (;;) {
    const { state } = await observeCanary({ runId }, world);
    if (state !== "watching") return state;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const lastBy = (load: Load, model: number) =>
  load.outcomes.findLast((outcome) => outcome.model === model)?.at ?? 0;
const settled = () => new Promise((resolve) => setTimeout(resolve, 2_000));

test("no request fails while models are released and rolled back under load, and going back takes seconds", async () => {
  const { world, url } = await openServing();
  const load = startLoad(url, await greyPhoto());
  await load.next(({ model }) => model === 1);

  // A canary that is wrong goes back by itself.
  expect(await judged("b-1", toyBundle({ bias: 20 }).files, world)).toBe(2);
  const canarySeen = load.next(({ model }) => model === 2);
  expect(await observed("b-1", world)).toBe("back");
  const verdictAt = Date.now();
  await rollBack({ runId: "b-1" }, world);
  await settled();
  const wrongMs = lastBy(load, 2) - verdictAt;
  const exposedMs = lastBy(load, 2) - (await canarySeen).at;
  expect(await Run.get("b-1", world)).toMatchObject({
    outcome: "rolled_back",
    summary: expect.stringContaining("its windows fill 100.0 % of the requests, the champion's 0.0 %"),
  });
  expect(wrongMs).toBeLessThan(ROLLBACK_LIMIT_MS);
  await Lease.release({ holder: "b-1" }, world);

  // A good one takes over.
  expect(await judged("c-1", toyBundle().files, world)).toBe(3);
  expect(await observed("c-1", world)).toBe("good");
  await promoteChampion({ runId: "c-1" }, world);
  await deployFull({ runId: "c-1" }, world);
  await load.next(({ model }) => model === 3);
  await settled();
  expect(load.outcomes.slice(-20).every(({ model }) => model === 3)).toBe(true);

  // A person wants the one before.
  const askedAt = Date.now();
  expect(await rollback({ reason: "odd masks", by: "anna" }, world)).toMatchObject({
    champion: 1,
    previous: 3,
  });
  await load.next(({ model }) => model === 1);
  await settled();
  const byHandMs = lastBy(load, 3) - askedAt;
  expect(byHandMs).toBeLessThan(ROLLBACK_LIMIT_MS);

  await load.stop();
  const { outcomes } = load;
  const seconds = (outcomes.at(-1)!.at - outcomes[0]!.at) / 1_000;
  const slowest = Math.max(...outcomes.map(({ ms }) => ms));
  console.log(
    `${outcomes.length} requests in ${seconds.toFixed(1)} s (${(outcomes.length / seconds).toFixed(0)} a second), ` +
      `${outcomes.filter(({ model }) => model === 2).length} by the wrong canary in ${(exposedMs / 1_000).toFixed(1)} s; ` +
      `back after its verdict: ${wrongMs} ms; after a rollback by hand: ${byHandMs} ms; slowest answer ${slowest.toFixed(0)} ms`,
  );
  expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(200);
  expect((await Release.history(world)).map((r) => [r.champion, r.canary])).toEqual([
    [1, null],
    [1, 2],
    [1, null],
    [1, 3],
    [3, null],
    [1, null],
  ]);
}, 400_000);
