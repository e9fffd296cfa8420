import type { Runs, Uploads } from "@sluice/core";
import * as Run from "@sluice/core/run/index";
import { memoryWorld } from "@sluice/core/testing/index";
import { createControlApp } from "./app";
import type { ControlDeps, LogEntry } from "./deps";

type World = ReturnType<typeof memoryWorld>;

/** Runs that are made known, but not executed. */
export const heldRuns = (world: Pick<ControlDeps["world"], "documents" | "clock">): Runs => ({
  start: async ({ batch, masks }) => ({ runId: (await Run.open({ batch, masks }, world)).id }),
  resume: async (id) => void (await Run.reopen(id, world)),
  stop: async (id) => void (await Run.end(id, "stopped", "by hand", world)),
  history: async (runId) => [{ runId, at: world.clock.now(), type: "ExecutionStarted" }],
});

/** The right to put a blob under its key. */
export const blobUploads = ({ blobs, clock }: World): Uploads => ({
  presign: async ({ key, bytes }) => ({
    method: "PUT",
    url: `/uploads/${key}`,
    headers: { "content-length": String(bytes) },
    expiresAt: clock.now() + 1_000,
  }),
  arrived: async (prefix) => {
    const keys = await blobs.list(prefix);
    return new Map(await Promise.all(keys.map(async (key) => [key, (await blobs.get(key)).length] as const)));
  },
});

/** The API over a world in memory. */
export function openApp(changed: Partial<ControlDeps> = {}) {
  const world = memoryWorld();
  const logged: LogEntry[] = [];
  const app = createControlApp({
    world,
    runs: heldRuns(world),
    uploads: blobUploads(world),
    log: (entry) => logged.push(entry),
    ...changed,
  });
  const call = async (method: string, path: string, body?: unknown, env: object = {}) => {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await app.request(path, init, env);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { world, app, call, logged };
}
