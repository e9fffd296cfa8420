import { look } from "@sluice/aws/pods/look";
import { tool } from "@sluice/aws/pods/tools";
import { Lease, Release, Run } from "@sluice/core";
import { loadedModels } from "@sluice/core/serving-answer";
import { toyBundle } from "@sluice/serving/predictor/toy";
import { redWindow } from "@sluice/serving/testing/index";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { deployCanary } from "../../packages/functions/src/steps/deploy-canary";
import { deployFull } from "../../packages/functions/src/steps/deploy-full";
import { observeCanary } from "../../packages/functions/src/steps/observe-canary";
import { promoteChampion } from "../../packages/functions/src/steps/promote-champion";
import { rollBack } from "../../packages/functions/src/steps/roll-back";
import { rollOut } from "../../packages/functions/src/steps/roll-out";
import { smokeTest } from "../../packages/functions/src/steps/smoke-test";
import { judged } from "../judged";
import { images, kubectl, missing, until } from "./cluster";
import { startLoad } from "./load";
import { commitPhotos, hostWorld, NODE_PORT } from "./run";

const NAMESPACE = `sluice-run-${process.pid}`;
const URL = `http://${process.env.SLUICE_TEST_NODE ?? "127.0.0.1"}:${NODE_PORT}`;

const why = await missing();
if (why) console.error(`######## SKIPPED: a run's steps in a cluster, because ${why} ########`);
const [first = "", second = ""] = images();

/** Asked as the state machine does it, until the answer is another. */
const asked = <S extends string>(ask: () => Promise<{ state: S }>, waiting: S): Promise<S> =>
  until(`an end of ${waiting}`, 240, async () => {
    const { state } = await ask();
    return state === waiting ? undefined : state;
  });

describe
  .skipIf(why !== undefined)
  .sequential("the steps of a run, where the host's Kubernetes serves", () => {
    let made: Awaited<ReturnType<typeof hostWorld>>;
    let world: (typeof made)["world"];
    let photo: Uint8Array;
    let version: string;
    beforeAll(async () => {
      photo = await redWindow();
      made = await hostWorld(NAMESPACE, first);
      world = made.world;
      version = await commitPhotos(world);
    });
    afterEach(async () => {
      const lease = await Lease.current(world);
      if (lease?.holder) await Lease.release({ holder: lease.holder }, world);
    });
    afterAll(() => made.close());
    const pods = async () =>
      (await kubectl("-n", NAMESPACE, "get", "pods", "-o", "name")).trim().split("\n").sort();

    test("the image is rolled out before there is a model; the first one is then asked in the pods", async () => {
      const runId = "a-1";
      expect(await judged(runId, toyBundle().files, world, version)).toBe(1);
      expect(await rollOut({ runId }, world)).toEqual({ state: "rolling out" });
      expect(await asked(() => rollOut({ runId }, world), "rolling out")).toBe("there");
      expect(await pods()).toHaveLength(2);
      expect(await world.serving.readyVersion()).toBeUndefined();
      expect(await deployCanary({ runId }, world)).toEqual({ state: "direct" });
      await promoteChampion({ runId }, world);
      await deployFull({ runId }, world);
      expect(await smokeTest({ runId }, world)).toMatchObject({ good: true });
    });

    test("a canary that finds nonsense is judged by the pods' metrics and goes back; no request fails", async () => {
      const runId = "b-1";
      const before = await pods();
      expect(await judged(runId, toyBundle({ bias: 20 }).files, world, version)).toBe(2);
      const load = startLoad(URL, photo, 10);
      await rollOut({ runId }, world);
      expect(await deployCanary({ runId }, world)).toEqual({ state: "out" });
      expect(await asked(() => observeCanary({ runId }, world), "watching")).toBe("back");
      const judgedAt = Date.now();
      await rollBack({ runId }, world);
      await until("all pods without the canary", 30, async () => {
        const { pods } = await look(NAMESPACE, tool);
        return pods.every(({ ready }) => loadedModels(ready)?.canary === null) || undefined;
      });
      const backMs = Date.now() - judgedAt;
      const counts = await load.stop();
      console.log(`a bad canary under load: ${JSON.stringify(counts)}; gone ${backMs} ms after its verdict`);
      expect(Object.keys(counts)).toEqual(["200"]);
      expect(backMs).toBeLessThan(10_000);
      expect(await Run.get(runId, world)).toMatchObject({
        outcome: "rolled_back",
        summary: expect.stringContaining("its windows fill 100.0 % of the requests"),
      });
      expect(await pods()).toEqual(before);
    });

    test("without traffic test photos are replayed in the pods; a new image goes out first, and no request fails", async () => {
      const runId = "c-1";
      expect(await judged(runId, toyBundle().files, world, version)).toBe(3);
      const next = { ...world, serving: made.open(second) };
      const load = startLoad(URL, photo, 10);
      expect(await rollOut({ runId }, next)).toEqual({ state: "rolling out" });
      expect(await asked(() => rollOut({ runId }, next), "rolling out")).toBe("there");
      expect(Object.keys(await load.stop())).toEqual(["200"]);

      await deployCanary({ runId }, next);
      expect(await asked(() => observeCanary({ runId }, next), "watching")).toBe("good");
      const { observation } = (await Run.get(runId, next)).steps.observeCanary as {
        observation: Release.Observation;
      };
      expect(observation.replayed).toMatchObject({
        champion: { requests: 20 },
        canary: { requests: 20, errors: 0 },
      });
      await promoteChampion({ runId }, next);
      await deployFull({ runId }, next);
      expect(await smokeTest({ runId }, next)).toMatchObject({ good: true });
      expect((await Release.history(next)).map((r) => [r.champion, r.canary])).toEqual([
        [1, null],
        [1, 2],
        [1, null],
        [1, 3],
        [3, null],
      ]);
    });
  });
