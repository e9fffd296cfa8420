import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Training } from "@sluice/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TrainerWorld } from "./job";
import { openFolderWorld } from "./testing/folder-world";
import { writeToyDataset } from "./testing/toy-dataset";

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

const recipe = Training.Recipe.parse({
  size: 32,
  patch: 1,
  base: 8,
  levels: 2,
  batchSize: 4,
  epochs: 6,
  learningRate: 0.01,
});
async function writeJob(runId: string, counts = { train: 80, validation: 6, test: 3 }) {
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
async function untilEpoch(epoch: number, run: ReturnType<typeof start>) {
  while (!run.printed.stdout.includes(`epoch ${epoch}/`)) {
    if (run.child.exitCode !== null) throw new Error(run.printed.stderr);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("killed and started again, it ends with the weights of a training that never was", {
  timeout: 120_000,
}, async () => {
  await writeJob("whole-1");
  await writeJob("killed-1");
  const whole = start("train", "--run", "whole-1").ended;

  const first = start("train", "--run", "killed-1");
  await untilEpoch(2, first);
  first.child.kill("SIGKILL");
  expect(await first.ended).toMatchObject({ signal: "SIGKILL" });
  expect(await world.blobs.has(Training.keys("killed-1").result)).toBe(false);

  const second = await start("train", "--run", "killed-1").ended;
  expect(second).toMatchObject({ code: 0, stderr: "" });
  expect(second.stdout).toMatch(/goes on after epoch [2-5] of 6/);
  expect(await whole).toMatchObject({ code: 0 });

  const [resumed, uninterrupted] = [await readResult("killed-1"), await readResult("whole-1")];
  expect(resumed.weightsDigest).toBe(uninterrupted.weightsDigest);
  expect(resumed.epochs.map((e) => e.loss)).toEqual(uninterrupted.epochs.map((e) => e.loss));
});

test("SIGTERM stops it after the step at hand, with 143 and the checkpoint kept", {
  timeout: 60_000,
}, async () => {
  await writeJob("stopped-1");
  const run = start("train", "--run", "stopped-1");
  await untilEpoch(1, run);
  run.child.kill("SIGTERM");

  expect(await run.ended).toMatchObject({ code: 143 });
  expect(await world.blobs.has(`${Training.keys("stopped-1").checkpoint}latest.json`)).toBe(true);
  expect(await world.blobs.has(Training.keys("stopped-1").failure)).toBe(false);
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
