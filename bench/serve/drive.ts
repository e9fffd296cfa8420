import { once } from "node:events";
import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";
import { asForm } from "./photos";
import type { Service } from "./services";

export interface Load {
  /** Answers of 200 in a second. */
  perSecond: number;
  /** Infinite where nothing was answered in time. */
  p50Ms: number;
  p99Ms: number;
  /** Of the service's process for each answer: the same whatever else the machine does. */
  cpuMs: number;
  answered: number;
  /** Answers that were not 200, and requests that broke off or took over two minutes. */
  failed: number;
}

/** It counts from when it has answered as many requests as there are clients, and for some while at least. */
const RAMP_SECONDS = 1;
const MOST_RAMP_SECONDS = 60;
/** A service that is left by its clients goes on with what they asked; then it uses less than this share of a CPU. */
const IDLE_SHARE = 0.2;
const IDLE_CHECK_MS = 500;

/** So many clients, each sending its next photo as soon as the last one is answered, each beginning with another. */
export async function drive(
  { url, pid }: Service,
  photos: readonly Buffer[],
  clients: number,
  seconds: number,
): Promise<Load> {
  const requests = photos.map((photo) => ({ ...asForm(photo), path: "/predict" }));
  let next = 0;
  const options: autocannon.Options = {
    url,
    connections: clients,
    duration: 3_600, // it is stopped before
    timeout: 120,
    requests,
    setupClient: (client) => {
      const first = (next++ * 7) % requests.length;
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  };
  const running = autocannon(options, () => {});
  const done = once(running, "done");
  const latencies: number[] = [];
  let failed = 0;
  const count = (_: unknown, status: number, __: number, ms: number) => {
    if (status === 200) latencies.push(ms);
    else failed++;
  };
  running.on("reqError", () => failed++);
  let answers = 0;
  running.on("response", () => answers++);
  await sleep(1_000 * RAMP_SECONDS);
  for (let i = 0; answers < clients && i < 10 * MOST_RAMP_SECONDS; i++) await sleep(100);
  const [before, from] = [await cpuMsOf(pid), performance.now()];
  running.on("response", count);
  await sleep(1_000 * seconds);
  running.off("response", count);
  const [after, until] = [await cpuMsOf(pid), performance.now()];
  running.stop();
  await done;
  await idle(pid);
  latencies.sort((one, other) => one - other);
  const answered = latencies.length;
  const quantile = (share: number) => latencies[Math.floor(share * answered)] ?? Number.POSITIVE_INFINITY;
  return {
    perSecond: (1_000 * answered) / (until - from),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    cpuMs: (after - before) / answered,
    answered,
    failed,
  };
}

async function idle(pid: number): Promise<void> {
  for (let used = await cpuMsOf(pid); ; ) {
    await sleep(IDLE_CHECK_MS);
    const now = await cpuMsOf(pid);
    if (now - used < IDLE_SHARE * IDLE_CHECK_MS) return;
    used = now;
  }
}

const TICK_MS = 10;
/** All that a process has used so far, user and system. */
async function cpuMsOf(pid: number): Promise<number> {
  const fields = (await fs.readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Each photo once: the share of answers with a window. Throws where an answer is not plausible. */
export async function shareWithWindow(url: string, photos: readonly Buffer[]): Promise<number> {
  let found = 0;
  for (const photo of photos) {
    const { path: _, ...request } = { ...asForm(photo), path: "" };
    const response = await fetch(`${url}/predict`, { ...request, body: new Uint8Array(request.body) });
    const answer = (await response.json()) as {
      mask?: string;
      width: number;
      height: number;
      area_px: number;
    };
    const png = Buffer.from(answer.mask ?? "", "base64");
    const isPlausible =
      response.status === 200 &&
      png.readUInt32BE(16) === answer.width &&
      png.readUInt32BE(20) === answer.height &&
      answer.area_px < answer.width * answer.height;
    if (!isPlausible) throw new Error(`${url} answered ${response.status} with no plausible mask`);
    if (answer.area_px > 0) found++;
  }
  return found / photos.length;
}
