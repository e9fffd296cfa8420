import { expect, test } from "vitest";
import { memoryWorld } from "../testing";
import * as Lease from "./index";

const minute = 60_000;

test("a second run waits until the lease expires, and gets a higher fence", async () => {
  const world = memoryWorld();
  expect(await Lease.acquire({ holder: "run-1", ttlMs: minute }, world)).toMatchObject({ fence: 1 });

  await expect(Lease.acquire({ holder: "run-2", ttlMs: minute }, world)).rejects.toMatchObject({
    code: "host.busy",
  });

  world.clock.advance(minute + 1);
  expect(await Lease.acquire({ holder: "run-2", ttlMs: minute }, world)).toMatchObject({ fence: 2 });
});

test("the holder prolongs it under the same fence", async () => {
  const world = memoryWorld();
  await Lease.acquire({ holder: "run-1", ttlMs: minute }, world);
  world.clock.advance(40_000);

  const prolonged = await Lease.acquire({ holder: "run-1", ttlMs: minute }, world);
  expect(prolonged.fence).toBe(1);
  expect(prolonged.expiresAt - world.clock.now()).toBe(minute);
});

test("whoever lost it is told so, and cannot give back another's", async () => {
  const world = memoryWorld();
  await Lease.acquire({ holder: "run-1", ttlMs: minute }, world);
  world.clock.advance(minute + 1);
  await Lease.acquire({ holder: "run-2", ttlMs: minute }, world);

  await expect(Lease.assertHeld({ holder: "run-1" }, world)).rejects.toMatchObject({ code: "host.busy" });
  await Lease.release({ holder: "run-1" }, world);
  await expect(Lease.assertHeld({ holder: "run-2" }, world)).resolves.toMatchObject({ holder: "run-2" });
});

test("twenty at once: one wins", async () => {
  const world = memoryWorld();
  const tries = Array.from({ length: 20 }, (_, i) =>
    Lease.acquire({ holder: `run-${i}`, ttlMs: minute }, world),
  );
  const settled = await Promise.allSettled(tries);
  expect(settled.filter((s) => s.status === "fulfilled")).toHaveLength(1);
});
