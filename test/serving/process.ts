import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../packages/serving/bin/sluice-serve.mjs", import.meta.url));
const TOY_WORLD = new URL("../../packages/serving/src/testing/toy-world.ts", import.meta.url).href;
const STARTS_WITHIN_MS = 120_000;

/** A `sluice-serve` of its own process, with a toy model that finds what is red. */
export interface ServingProcess {
  child: ChildProcess;
  url: string;
  port: number;
  /** The lines of JSON that it has logged so far. */
  logged(): Record<string, unknown>[];
  /** A number out of `/metrics`, by its name with its labels. */
  metric(name: string): Promise<number>;
  /** As an orchestrator does. @returns the exit code */
  stop(): Promise<number | null>;
}

/** Starts one and waits until its model is ready. Stop it after use. */
export async function startProcess(env: Record<string, string> = {}): Promise<ServingProcess> {
  const child = spawn(process.execPath, [BIN, "--port", "0"], {
    env: { ...process.env, SLUICE_WORLD: TOY_WORLD, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let logs = "";
  child.stdout?.on("data", (data) => (said += data));
  child.stderr?.on("data", (data) => (logs += data));
  const exited = once(child, "close");
  const url = await until(
    () => /Serving on (http:\S+)/.exec(said)?.[1],
    () => logs,
  );
  await until(
    async () => (await fetch(`${url}/ready`)).ok || undefined,
    () => logs,
  );
  return {
    child,
    url,
    port: Number(new URL(url).port),
    logged: () =>
      logs
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line)),
    metric: async (name) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split("\n").find((line) => line.startsWith(`${name} `));
      return Number(line?.slice(name.length));
    },
    stop: async () => {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code as number | null;
    },
  };
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>, why: () => string): Promise<T> {
  for (const deadline = Date.now() + STARTS_WITHIN_MS; Date.now() < deadline; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`sluice-serve did not start:\n${why()}`);
}
