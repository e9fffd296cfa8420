import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Lease, type Run } from "@sluice/core";
import { type Around, openRunner, type Runner } from "@sluice/local/runner/index";
import { afterEach, beforeEach, expect } from "vitest";
import type { FakeWorld } from "./fake-world";

let home: string;

/** A home for each test's runners, removed after it. */
export function useHome(): void {
  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), "sluice-simulation-"));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));
}

/** The real runner on a fake world, which looks again at once. */
export const runnerOf = (world: FakeWorld, around?: Around, pollMs = 1): Runner =>
  openRunner(world, { home, pollMs, around });

/** A batch's run, from its start to its end. */
export async function pushed(world: FakeWorld, batch: string, around?: Around): Promise<Run.Info> {
  const runner = runnerOf(world, around);
  const { runId } = await runner.start({ batch });
  return runner.wait(runId);
}

/** What must hold however a run ends. */
export async function expectHostGivenBack(world: FakeWorld): Promise<void> {
  expect(world.isHostUp()).toBe(false);
  expect((await Lease.current(world))?.holder ?? null).toBeNull();
}
