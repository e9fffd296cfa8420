import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSamples } from "@sluice/samples";
import { afterEach, beforeEach, expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../../bin/sluice.mjs", import.meta.url));
/** Trains for longer than it takes to stop it. */
const TOY = {
  recipe: {
    size: 64,
    patch: 2,
    base: 4,
    levels: 3,
    batchSize: 4,
    replicas: 1,
    epochs: 2000,
    patience: 2000,
    refiner: null,
  },
};

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "sluice-stop-"));
  await mkdir(join(dir, "home"));
  await writeFile(join(dir, "home", "settings.json"), JSON.stringify(TOY));
  await writeSamples(join(dir, "one"), { count: 12, seed: 3, first: 0 });
  await writeSamples(join(dir, "two"), { count: 12, seed: 3, first: 20 });
});
afterEach(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));

function sluice(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [BIN, ...words], {
    cwd: dir,
    env: { ...process.env, SLUICE_HOME: join(dir, "home"), NO_COLOR: "1" },
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
}
interface Row {
  id: string;
  outcome: string | null;
  activity: string | null;
}
const rows = async (): Promise<Row[]> => JSON.parse((await sluice("runs", "--json")).out);
const states = async () => (await rows()).map(({ outcome, activity }) => outcome ?? activity);
const isTraining = async (id: string) => {
  const progress = join(dir, "home", "blobs", "jobs", id, "progress.json");
  return readFile(progress).then(
    () => true,
    () => false,
  );
};
const SOON = { timeout: 60_000, interval: 250 };

test("two detached pushes: one at a time, in order, each stopped from elsewhere", {
  timeout: 180_000,
}, async () => {
  const first = JSON.parse((await sluice("push", "one", "--detach", "--json")).out).id;
  const second = JSON.parse((await sluice("push", "two", "--detach", "--json")).out).id;
  await expect.poll(() => isTraining(first), SOON).toBe(true);
  expect(await states()).toEqual(["running", "waiting"]);
  expect((await sluice("push", "two", "--detach", "--json")).out).toContain(second);

  expect(await sluice("runs", "stop", first)).toMatchObject({
    code: 0,
    out: `Run ${first} is stopped. Go on with it: sluice runs resume ${first}.\n`,
  });
  await expect.poll(() => isTraining(second), SOON).toBe(true);
  expect(await states()).toEqual(["stopped", "running"]);
  const log = await readFile(join(dir, "home", "executions", second, "detached.log"), "utf8");
  expect(log).toMatch(/^Waiting: /);
  expect(log).not.toContain("world.locked");

  expect(await sluice("runs", "stop", second)).toMatchObject({ code: 0 });
  expect(await states()).toEqual(["stopped", "stopped"]);
  expect(await sluice("runs", "stop", second)).toMatchObject({ code: 6 });
});

test("a run carried by push: stopped from elsewhere, and push says so", { timeout: 120_000 }, async () => {
  const pushing = sluice("push", "one");
  await expect.poll(async () => (await rows()).length, SOON).toBe(1);
  const [run] = await rows();
  await expect.poll(() => isTraining(run?.id ?? ""), SOON).toBe(true);
  expect(await sluice("runs", "stop", run?.id ?? "")).toMatchObject({ code: 0 });
  const { code, err } = await pushing;
  expect({ code, err }).toEqual({
    code: 6,
    err: `run.failed: Run ${run?.id} was stopped. Go on with it: sluice runs resume ${run?.id}.\n`,
  });
});
