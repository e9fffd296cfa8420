import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Settings, Training } from "@sluice/core";
import { writeSamples } from "@sluice/samples";

const SLUICE = fileURLToPath(new URL("../../packages/cli/bin/sluice.mjs", import.meta.url));

/** Two U-Nets that train in seconds, and bars that they clear. */
const toySettings = (refinerEpochs: number, replicas: number): Parameters<typeof Settings.parse>[0] => {
  const small = { batchSize: 4, learningRate: 0.01 };
  const refiner = { ...small, width: 64, height: 32, base: 4, levels: 2, epochs: refinerEpochs };
  return {
    recipe: { ...small, replicas, size: 64, base: 6, levels: 3, epochs: 16, refiner },
    gate: { diceFloor: 0.2, iouFloor: 0.1, resamples: 500, latencyMsBudget: 10_000 },
  };
};

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Home {
  dir: string;
  /** A folder of drawn pairs. */
  draw(name: string, count: number, first: number): Promise<string>;
  sluice(...args: string[]): Promise<Ended>;
  /** The command with its process, to be killed. */
  start(...args: string[]): { kill(signal: NodeJS.Signals): void; ended: Promise<Ended> };
  json<T>(file: string): Promise<T>;
  remove(): Promise<void>;
}

/** A home of its own with toy settings, and the `sluice` command in it. */
export async function toyHome({ refinerEpochs = 8, replicas = 1 } = {}): Promise<Home> {
  const dir = await mkdtemp(path.join(os.tmpdir(), "sluice-e2e-"));
  const home = path.join(dir, "home");
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, "settings.json"), JSON.stringify(toySettings(refinerEpochs, replicas)));

  const start: Home["start"] = (...args) => {
    const env = { ...process.env, SLUICE_HOME: home, NO_COLOR: "1" };
    const child = spawn(process.execPath, [SLUICE, ...args], { env, cwd: dir });
    const out = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => {
      out.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      out.stderr += chunk;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, ...out }));
    });
    return { kill: (signal) => child.kill(signal), ended };
  };
  return {
    dir: home,
    async draw(name, count, first) {
      const folder = path.join(dir, name);
      await writeSamples(folder, { count, seed: 7, first });
      return folder;
    },
    sluice: (...args) => start(...args).ended,
    start,
    json: async (file) => JSON.parse(await readFile(path.join(home, file), "utf8")),
    remove: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** What a command printed with `--json`. */
export function answer<T>({ stdout, stderr, code }: Ended): T {
  const last = stdout.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last);
  } catch {
    throw new Error(`exit code ${code}, no JSON: ${stdout}${stderr}`);
  }
}

/** How far a run's training is, or undefined before it has begun. */
export async function progressOf(home: Home, runId: string): Promise<Training.Progress | undefined> {
  try {
    return Training.Progress.parse(await home.json(`blobs/${Training.keys(runId).progress}`));
  } catch {
    return undefined;
  }
}
