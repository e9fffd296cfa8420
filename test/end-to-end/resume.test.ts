import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Training } from "@sluice/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answer, type Home, progressOf, toyHome } from "./sluice";

let home: Home;
beforeEach(async () => {
  home = await toyHome({ refinerEpochs: 24 }); // enough to be killed in
});
afterEach(() => home.remove());

async function runId(): Promise<string> {
  const runs = answer<{ id: string }[]>(await home.sluice("runs", "--json"));
  return runs[0]?.id ?? "";
}

async function killTrainer(): Promise<void> {
  const commands = await readdir(path.join(home.dir, "commands"));
  for (const command of commands.filter((name) => name.includes("-train-"))) {
    const pid = Number.parseInt(await readFile(path.join(home.dir, "commands", command, "pid"), "utf8"), 10);
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Kills the runner, and perhaps the trainer, in the middle of that network's epochs. */
async function killedInTraining(network: Training.Role, isTrainerKilled: boolean): Promise<string> {
  const folder = await home.draw("pairs", 60, 0);
  const pushing = home.start("push", folder);
  let id = "";
  await expect.poll(async () => (id = await runId()), { timeout: 90_000, interval: 500 }).not.toBe("");
  await expect.poll(() => epochOf(id, network), { timeout: 90_000, interval: 50 }).toBeGreaterThan(3);
  pushing.kill("SIGKILL");
  await pushing.ended;
  if (isTrainerKilled) await killTrainer();
  return id;
}

/** The epoch at which that network is; 0 before. */
async function epochOf(id: string, network: Training.Role): Promise<number> {
  const progress = await progressOf(home, id);
  return progress?.network === network ? progress.epoch : 0;
}

test("both killed in the second network's training: resume goes on from its checkpoint", {
  timeout: 180_000,
}, async () => {
  const id = await killedInTraining("refiner", true);
  const resumed = await home.sluice("runs", "resume", id, "--json");
  expect(answer(resumed)).toMatchObject({ id, outcome: "promoted", model: 1 });

  const result = await home.json<Training.Result>(`blobs/jobs/${id}/result.json`);
  expect(result.networks.map(({ role }) => role)).toEqual(["locator", "refiner"]);
  for (const { epochs } of result.networks) {
    expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, i) => i + 1));
  }
  const log = await readFile(path.join(home.dir, "commands", `${id}-train-2`, "output.log"), "utf8");
  expect(log).toContain("refiner goes on after");
  expect(log).toContain("refiner epoch 24/24");
  expect(log).not.toMatch(/locator epoch|refiner epoch 1\//);

  const batches = answer<unknown[]>(await home.sluice("dataset", "--json"));
  expect(batches).toHaveLength(1);
  expect(answer(await home.sluice("runs", "resume", id, "--json"))).toMatchObject({
    error: { code: "run.not_resumable" },
  });
});

test("only the runner killed: the training goes on alone, and resume finds it", {
  timeout: 180_000,
}, async () => {
  const id = await killedInTraining("locator", false);
  expect(answer(await home.sluice("runs", "resume", id, "--json"))).toMatchObject({
    id,
    outcome: "promoted",
  });
  const commands = await readdir(path.join(home.dir, "commands"));
  expect(commands.filter((command) => command.includes("-train-"))).toEqual([`${id}-train-1`]);
});
