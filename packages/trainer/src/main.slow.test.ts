import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Training } from "@sluice/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFolderWorld } from "./testing/folder-world";
import { writeToyDataset } from "./testing/toy-dataset";
import { TOY_REFINER, toyRecipe } from "./testing/toy-recipe";
import type { TrainerWorld } from "./world";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
let folder: string;
let world: TrainerWorld;
let running: ChildProcess[];
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "sluice-trainer-"));
  world = openFolderWorld(folder);
  running = [];
});
afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await fs.rm(folder, { recursive: true, force: true });
});

/** Two networks, whose epochs are long enough to be killed in. */
const recipe = toyRecipe({
  base: 8,
  epochs: 5,
  refiner: { ...TOY_REFINER, width: 64, height: 32, base: 8, epochs: 5 },
});
async function writeJob(runId: string, counts = { train: 48, validation: 6, test: 3 }) {
  const datasetVersion = await writeToyDataset(counts, world);
  const job: Training.Job = { runId, datasetVersion, recipe, champion: null, codeCommit: "c0ffee" };
  await world.blobs.put(Training.keys(runId).job, JSON.stringify(job));
}

/** The program as the host starts it. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [here("../bin/sluice-trainer.mjs"), ...args], {
    env: { ...process.env, SLUICE_WORLD: here("testing/folder-world.ts"), TRAINER_TEST_FOLDER: folder },
  });
  running.push(child);
  const printed = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => {
    printed.stdout += text;
  });
  child.stderr.on("data", (text) => {
    printed.stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...printed }));
  return { child, printed, ended };
}
const readResult = async (runId: string) =>
  Training.Result.parse(JSON.parse((await world.blobs.get(Training.keys(runId).result)).toString()));
/** Until an epoch of that network is told as finished. */
async function untilEpoch(role: Training.Role, epoch: number, run: ReturnType<typeof start>) {
  while (!run.printed.stdout.includes(`${role} epoch ${epoch}/`)) {
    if (run.child.exitCode !== null) throw new Error(run.printed.stderr);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("killed in either network and started again, it ends with the weights of a training that never was", {
  timeout: 180_000,
}, async () => {
  await writeJob("whole-1");
  await writeJob("killed-1");
  const whole = start("train", "--run", "whole-1").ended;

  for (const role of ["locator", "refiner"] as const) {
    const killed = start("train", "--run", "killed-1");
    await untilEpoch(role, 2, killed);
    killed.child.kill("SIGKILL");
    expect(await killed.ended).toMatchObject({ signal: "SIGKILL" });
    expect(await world.blobs.has(Training.keys("killed-1").result)).toBe(false);
    if (role === "refiner") expect(killed.printed.stdout).toMatch(/locator goes on after epoch [2-4] of 5/);
  }
  const last = await start("train", "--run", "killed-1").ended;
  expect(last).toMatchObject({ code: 0, stderr: "" });
  expect(last.stdout).toMatch(/refiner goes on after epoch [2-5] of 5/);
  // What is finished is not repeated, and what was decoded lies decoded.
  expect(last.stdout).not.toContain("locator epoch");
  expect(last.stdout).toContain("48 training and 6 validation pairs, 0 of them decoded anew");
  expect(await whole).toMatchObject({ code: 0 });

  const networks = async (runId: string) =>
    (await readResult(runId)).networks.map(({ role, epochs, bestEpoch, weightsDigest }) => ({
      role,
      bestEpoch,
      weightsDigest,
      numbers: epochs.map(({ seconds: _, ...record }) => record),
    }));
  const resumed = await networks("killed-1");
  expect(resumed.map(({ role, numbers }) => [role, numbers.length])).toEqual([
    ["locator", 5],
    ["refiner", 5],
  ]);
  expect(resumed).toEqual(await networks("whole-1"));
});

test("SIGTERM stops it after the step at hand, with 143 and the checkpoint kept", {
  timeout: 60_000,
}, async () => {
  await writeJob("stopped-1");
  const run = start("train", "--run", "stopped-1");
  await untilEpoch("locator", 1, run);
  run.child.kill("SIGTERM");

  expect(await run.ended).toMatchObject({ code: 143 });
  const { checkpoint, failure } = Training.keys("stopped-1");
  expect(await world.blobs.has(`${checkpoint}locator/latest.json`)).toBe(true);
  expect(await world.blobs.has(failure)).toBe(false);
});

test("an error is one line and failure.json", async () => {
  await writeJob("small-1", { train: 3, validation: 1, test: 0 });
  const { code, stderr } = await start("train", "--run", "small-1").ended;

  expect(code).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain("dataset.too_small: The dataset has 3 training, 1 validation and 0 test pairs");
  const failure = JSON.parse((await world.blobs.get(Training.keys("small-1").failure)).toString());
  expect(Training.Failure.parse(failure).code).toBe("dataset.too_small");
});

test("used wrongly, it says how to use it", async () => {
  const wrong = [["train"], ["train", "--run", "NO RUN"], ["train", "--fast"], ["learn", "--run", "x-1"]];
  for (const { code, stderr } of await Promise.all(wrong.map((args) => start(...args).ended))) {
    expect(code).toBe(2);
    expect(stderr).toContain("sluice-trainer train --run ID");
  }
});
