import { Lease, Run } from "@sluice/core";
import { beforeEach, describe, expect, test } from "vitest";
import { acquireHost } from "../../packages/functions/src/steps/acquire-host";
import { overBudget } from "../../packages/functions/src/steps/over-budget";
import { releaseHost } from "../../packages/functions/src/steps/release-host";
import { startHost } from "../../packages/functions/src/steps/start-host";
import { stopRun } from "../../packages/functions/src/steps/stop-run";
import { recordAttempt } from "../../packages/functions/src/steps/training-attempt";
import { watchdog } from "../../packages/functions/src/steps/watchdog";
import { type FakeWorld, fakeWorld } from "./fake-world";

let world: FakeWorld;
let cancelled: string[];
beforeEach(async () => {
  world = fakeWorld();
  cancelled = [];
  world.commands.cancel = async (id) => void cancelled.push(id);
  for (const [id, batch] of [
    ["a-1", "a"],
    ["b-1", "b"],
  ] as const)
    await Run.create({ id, batch }, world);
});
const hold = (runId: string) => Lease.acquire({ holder: runId, ttlMs: 900_000 }, world);
const holder = async () => (await Lease.current(world))?.holder ?? null;
/** A run that trains: it has the lease, the host is up. */
async function training(runId: string): Promise<void> {
  await acquireHost({ runId }, world);
  await startHost({ runId }, world);
  await recordAttempt(runId, { number: 1, sentAt: 0, lost: 0, resumed: 0 }, world);
}
/** Does something just when the host is being stopped. */
const whileStopping = (act: () => Promise<unknown>): void => {
  const { stop } = world.host;
  world.host.stop = async () => {
    await act();
    await stop();
  };
};

describe("stopRun", () => {
  test.each([
    ["ABORTED", "stopped", "It was stopped by hand; its batch and checkpoint are kept"],
    ["TIMED_OUT", "stopped", "It ran into the state machine's time limit; its batch and checkpoint are kept"],
    ["FAILED", "failed", "The host burns"],
  ])("after %s ends the run as %s and stops the host", async (status, outcome, summary) => {
    await training("a-1");
    const cause = JSON.stringify({ errorMessage: "The host burns" });
    const event = { runId: "a-1", resumed: 0, status, error: "host.lost", cause };
    expect(await stopRun(event, world)).toEqual({ host: "stopped" });
    expect(await Run.get("a-1", world)).toMatchObject({ outcome, summary });
    expect(cancelled).toEqual(["a-1-train-1"]);
    expect([world.isHostUp(), await holder()]).toEqual([false, null]);
  });

  test("leaves what the state machine has recorded itself", async () => {
    await Run.end("a-1", "failed", "the true cause", world);
    await stopRun({ runId: "a-1", resumed: 0, status: "FAILED" } as never, world);
    expect(await Run.get("a-1", world)).toMatchObject({ outcome: "failed", summary: "the true cause" });
  });

  test("of an execution whose run was resumed touches nothing", async () => {
    await training("a-1");
    await Run.end("a-1", "stopped", "", world);
    await Run.reopen("a-1", world);
    const answer = await stopRun({ runId: "a-1", resumed: 0 } as never, world);
    expect(answer).toEqual({ host: "left to a newer execution" });
    expect(await Run.get("a-1", world)).toMatchObject({ outcome: null, resumed: 1 });
    expect([world.isHostUp(), await holder(), cancelled]).toEqual([true, "a-1", []]);
  });

  test("of an execution that somebody started by hand is no error", async () => {
    await training("a-1");
    expect(await stopRun({ runId: "ad-hoc" }, world)).toEqual({ host: "of no run" });
    expect([world.isHostUp(), await holder(), cancelled]).toEqual([true, "a-1", []]);
  });

  test("leaves the host to a run that was resumed meanwhile", async () => {
    await training("a-1");
    world.commands.cancel = async () => void (await Run.reopen("a-1", world));
    expect(await stopRun({ runId: "a-1", resumed: 0 } as never, world)).toEqual({
      host: "left to a newer execution",
    });
    expect([world.isHostUp(), await holder()]).toEqual([true, "a-1"]);
  });

  test("leaves the host to another run that holds it", async () => {
    await training("b-1");
    expect(await stopRun({ runId: "a-1" }, world)).toEqual({ host: "held by another" });
    expect([world.isHostUp(), await holder()]).toEqual([true, "b-1"]);
    expect(await Run.get("a-1", world)).toMatchObject({ outcome: "stopped" });
  });

  test("is repeated without harm", async () => {
    await training("a-1");
    await stopRun({ runId: "a-1", resumed: 0 } as never, world);
    await training("b-1");
    await stopRun({ runId: "a-1", resumed: 0 } as never, world);
    expect([world.isHostUp(), await holder()]).toEqual([true, "b-1"]);
  });
});

describe("watchdog", () => {
  test("stops a host that runs for nobody, and says so", async () => {
    await world.host.start();
    expect(await watchdog(undefined, world)).toEqual({
      host: "ready",
      freed: "stopped",
      isWithoutLease: true,
    });
    expect([world.isHostUp(), await holder()]).toEqual([false, null]);
    expect(await watchdog(undefined, world)).toEqual({ host: "stopped", isWithoutLease: false });
  });

  test("stops it after a dead run's lease, and ends nothing else", async () => {
    await training("a-1");
    expect(await watchdog(undefined, world)).toEqual({ host: "ready", isWithoutLease: false });
    world.clock.advance(900_001);
    expect(await watchdog(undefined, world)).toMatchObject({ freed: "stopped" });
    expect(world.isHostUp()).toBe(false);
    expect(await Run.get("a-1", world)).toMatchObject({ outcome: null });
    expect(cancelled).toEqual([]);
  });

  test("leaves the host to a run that takes it while the watchdog looks", async () => {
    await world.host.start();
    const { status } = world.host;
    world.host.status = async () => {
      const seen = await status();
      await hold("a-1"); // between the watchdog's look at the host and at the lease
      return seen;
    };
    expect(await watchdog(undefined, world)).toEqual({ host: "ready", isWithoutLease: false });
    expect([world.isHostUp(), await holder()]).toEqual([true, "a-1"]);
  });

  test("is waited for by a run that asks while the host is being stopped", async () => {
    await world.host.start();
    let asked: unknown;
    whileStopping(async () => {
      asked = await acquireHost({ runId: "a-1" }, world);
    });
    await watchdog(undefined, world);
    expect(asked).toEqual({ state: "busy" });
    expect(world.isHostUp()).toBe(false);
    expect(await acquireHost({ runId: "a-1" }, world)).toEqual({ state: "held" });
    expect(await startHost({ runId: "a-1" }, world)).toEqual({ status: "ready" });
  });

  test("leaves a host that another run waits for, and one that serves always", async () => {
    await training("a-1");
    expect(await acquireHost({ runId: "b-1" }, world)).toEqual({ state: "busy" });
    await Lease.release({ holder: "a-1" }, world);
    expect(await watchdog(undefined, world)).toMatchObject({ freed: "wanted by another" });
    world.clock.advance(120_001);
    world.settings = { ...world.settings, servesAlways: true };
    expect(await watchdog(undefined, world)).toEqual({ host: "ready", isWithoutLease: false });
    expect(world.isHostUp()).toBe(true);
  });
});

test("over budget stops the host, whoever holds it", async () => {
  await training("a-1");
  expect(await overBudget(undefined, world)).toEqual({ before: "ready", after: "stopped" });
});

test("a run that released the host knows what that cost", async () => {
  await training("a-1");
  world.clock.advance(30 * 60_000);
  expect(await releaseHost({ runId: "a-1" }, world)).toEqual({ host: "stopped", hostCostUsd: 0.0456 });
  expect(await releaseHost({ runId: "b-1" }, world)).toMatchObject({ hostCostUsd: null });
});

test("a host that cannot be stopped leaves the lease free, and the error to the state machine", async () => {
  await training("a-1");
  whileStopping(() => Promise.reject(new Error("throttled")));
  await expect(releaseHost({ runId: "a-1" }, world)).rejects.toThrow("throttled");
  expect(await holder()).toBeNull();
});
