import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Training } from "@sluice/core";
import { expect } from "vitest";
import { answer, type Home, progressOf } from "./sluice";

async function runId(home: Home): Promise<string> {
  const runs = answer<{ id: string }[]>(await home.sluice("runs", "--json"));
  return runs[0]?.id ?? "";
}

async function killTrainer(home: Home): Promise<void> {
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
export async function killedInTraining(
  home: Home,
  network: Training.Role,
  isTrainerKilled: boolean,
): Promise<string> {
  const folder = await home.draw("pairs", 60, 0);
  const pushing = home.start("push", folder);
  let id = "";
  await expect.poll(async () => (id = await runId(home)), { timeout: 90_000, interval: 500 }).not.toBe("");
  await expect.poll(() => epochOf(home, id, network), { timeout: 90_000, interval: 50 }).toBeGreaterThan(3);
  pushing.kill("SIGKILL");
  await pushing.ended;
  if (isTrainerKilled) await killTrainer(home);
  return id;
}

/** The epoch at which that network is; 0 before. */
async function epochOf(home: Home, id: string, network: Training.Role): Promise<number> {
  const progress = await progressOf(home, id);
  return progress?.network === network ? progress.epoch : 0;
}
