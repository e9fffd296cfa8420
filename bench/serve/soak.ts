import fs from "node:fs/promises";
import { drive, type Load } from "./drive";
import type { Service } from "./services";

const CLIENTS = 8;
const MIB = 1024 ** 2;

interface Sample {
  minute: number;
  rssMiB: number;
  heapMiB: number;
}

/**
 * Photos from 8 clients for so many minutes: prints what the server's process held after each, and by how much that grew
 * an hour (least squares, without the first tenth, in which pools fill).
 */
export async function soak(service: Service, photos: readonly Buffer[], minutes: number): Promise<void> {
  const samples: Sample[] = [];
  let [answered, failed] = [0, 0];
  for (let minute = 1; minute <= minutes; minute++) {
    const load: Load = await drive(service, photos, CLIENTS, 60);
    answered += load.answered;
    failed += load.failed;
    const sample = { minute, ...(await memoryOf(service)) };
    samples.push(sample);
    console.log(
      `minute ${minute}: ${sample.rssMiB.toFixed(0)} MiB resident, ${sample.heapMiB.toFixed(0)} MiB heap, ` +
        `${load.perSecond.toFixed(1)}/s, p99 ${load.p99Ms.toFixed(0)} ms, ${load.failed} failed`,
    );
  }
  const steady = samples.slice(Math.ceil(minutes / 10));
  const slopes = [60 * slope(steady, "rssMiB"), 60 * slope(steady, "heapMiB")].map((s) => s.toFixed(1));
  console.log(
    `${answered} answered, ${failed} failed; growth an hour: ${slopes[0]} MiB resident, ${slopes[1]} MiB heap`,
  );
}

async function memoryOf({ url, pid }: Service): Promise<{ rssMiB: number; heapMiB: number }> {
  const status = await fs.readFile(`/proc/${pid}/status`, "utf8");
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return {
    rssMiB: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024,
    heapMiB: Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1]) / MIB,
  };
}

/** MiB a minute. */
function slope(samples: readonly Sample[], key: "rssMiB" | "heapMiB"): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, s) => sum + of(s), 0) / samples.length;
  const [x, y] = [mean((s) => s.minute), mean((s) => s[key])];
  const spread = samples.reduce((sum, s) => sum + (s.minute - x) ** 2, 0);
  return samples.reduce((sum, s) => sum + (s.minute - x) * (s[key] - y), 0) / (spread || 1);
}
