import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * What a service is timed beside. `networks`: decoding and inference alone, what none can be faster than with these
 * networks on this machine. `predictor`: all that is done to a photo until there is its mask as PNG, but no service.
 */
export type FloorKind = "networks" | "predictor";

/** How fast that is. */
export interface Floor {
  /** Photos in a second. */
  perSecond: number;
  /** Of all processes, for each photo. */
  cpuMs: number;
}

export interface FloorOptions {
  kind: FloorKind;
  /** The model bundle's folder. */
  model: string;
  photos: readonly Buffer[];
  /** Processes that work at once, and threads of each one's sessions. */
  processes: number;
  threads: number;
}

/** Processes that wait to be timed. */
export interface FloorProcesses {
  /** Each process works on one photo after the other. */
  time(seconds: number): Promise<Floor>;
  stop(): void;
}

/** What a process of `floor-process.ts` is told first. It says when it is warm; then it is told for how long to work. */
export type FloorTask = Pick<FloorOptions, "kind" | "model" | "photos" | "threads"> & { first: number };
export type FloorReport = "ready" | { photos: number; cpuMs: number };

const PROGRAM = fileURLToPath(new URL("floor-process.ts", import.meta.url));

/**
 * `networks`: a process decodes a photo and asks the networks for it, with what they were asked when the photo was
 * predicted as a whole: no resizing, no close-ups, no mask.
 */
export async function startFloor({ processes, ...task }: FloorOptions): Promise<FloorProcesses> {
  const children = Array.from({ length: processes }, () =>
    fork(PROGRAM, { execArgv: ["--import", "tsx"], serialization: "advanced" }),
  );
  const ask = (question: (i: number) => FloorTask | number) =>
    Promise.all(
      children.map((child, i) => {
        const report = reportOf(child);
        child.send(question(i));
        return report;
      }),
    );
  await ask((i) => ({ ...task, first: 7 * i }));
  return {
    async time(seconds) {
      let [photos, cpuMs] = [0, 0];
      for (const report of await ask(() => seconds)) {
        if (report === "ready") throw new Error("A process for the floor answers out of turn");
        photos += report.photos;
        cpuMs += report.cpuMs;
      }
      return { perSecond: photos / seconds, cpuMs: cpuMs / photos };
    },
    stop() {
      for (const child of children) child.disconnect();
    },
  };
}

async function reportOf(child: ChildProcess): Promise<FloorReport> {
  const ending = new AbortController();
  const ended = once(child, "exit", { signal: ending.signal }).then(([code]) => {
    throw new Error(`A process for the floor ended (${code})`);
  });
  const [report] = (await Promise.race([once(child, "message"), ended])) as [FloorReport];
  ended.catch(() => undefined);
  ending.abort();
  return report;
}
