import fs from "node:fs/promises";
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

/** So many clients, each sending its next photo as soon as the last one is answered, each beginning with another. */
export async function drive(
  { url, pid }: Service,
  photos: readonly Buffer[],
  clients: number,
  seconds: number,
): Promise<Load> {
  const requests = photos.map((photo) => ({ ...asForm(photo), path: "/predict" }));
  let next = 0;
  const before = await cpuMsOf(pid);
  const result = await autocannon({
    url,
    connections: clients,
    duration: seconds,
    timeout: 120,
    requests,
    setupClient: (client) => {
      const first = (next++ * 7) % requests.length;
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  });
  const { latency, duration, errors, non2xx } = result;
  const answered = result["2xx"];
  return {
    perSecond: answered / duration,
    p50Ms: answered === 0 ? Number.POSITIVE_INFINITY : latency.p50,
    p99Ms: answered === 0 ? Number.POSITIVE_INFINITY : latency.p99,
    cpuMs: ((await cpuMsOf(pid)) - before) / answered,
    answered,
    failed: errors + non2xx,
  };
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
