import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Bundle, Release } from "@sluice/core";
import { openWorld } from "@sluice/local/world";
import { pythonWithFastApi } from "./venv";

/** A service that answers photos at `/predict`, in a process of its own. */
export interface Service {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const STARTS_WITHIN_MS = 120_000;

/** `sluice-serve` as it is installed, with a home in which one model is released. @param model the bundle's folder */
export async function startOurs(model: string, env: NodeJS.ProcessEnv = {}): Promise<Service> {
  const home = await fs.mkdtemp(path.join(os.tmpdir(), "sluice-bench-serve-"));
  const world = openWorld({ home });
  for (const file of await fs.readdir(model)) {
    await world.blobs.put(Bundle.modelPrefix(1) + file, await fs.readFile(path.join(model, file)));
  }
  await Release.full({ model: 1, reason: "bench" }, world);
  const port = await freePort();
  const program = here("../../packages/serving/bin/sluice-serve.mjs");
  const own = spawn(process.execPath, [program, "--port", String(port)], {
    stdio: ["ignore", "ignore", process.env.BENCH_VERBOSE ? "inherit" : "ignore"],
    env: { ...process.env, SLUICE_HOME: home, ...env },
  });
  return ready(own, port, () => fs.rm(home, { recursive: true, force: true }));
}

/** FastAPI, uvicorn and PyTorch. */
export async function startPeer(endpoint: "sync" | "async", threads: number): Promise<Service> {
  const { python, packages } = pythonWithFastApi();
  const port = await freePort();
  const peer = spawn(python, [here("peer.py"), String(port)], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PYTHONPATH: packages,
      PEER_ENDPOINT: endpoint,
      PEER_THREADS: String(threads),
      OMP_NUM_THREADS: String(threads),
    },
  });
  return ready(peer, port, async () => {});
}

/** Decoding and inference alone behind Node's own HTTP, in one process; it answers these photos only. */
export async function startBare(model: string, photos: readonly Buffer[], threads: number): Promise<Service> {
  const port = await freePort();
  const args = ["--import", "tsx", here("bare.ts"), model, String(threads), String(port)];
  const bare = await ready(spawn(process.execPath, args, { stdio: "ignore" }), port, async () => {});
  for (const photo of photos) {
    await fetch(`${bare.url}/record`, { method: "POST", body: new Uint8Array(photo) });
  }
  return bare;
}

async function ready(child: ChildProcess, port: number, cleanUp: () => Promise<void>): Promise<Service> {
  const url = `http://127.0.0.1:${port}`;
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await cleanUp();
  };
  for (const started = Date.now(); Date.now() - started < STARTS_WITHIN_MS; await sleep(100)) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/ready`).catch(() => undefined);
    if (answer?.ok) return { url, pid: child.pid ?? 0, stop };
  }
  await stop();
  throw new Error(`${child.spawnargs.join(" ")} did not become ready`);
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
