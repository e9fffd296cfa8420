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
  seconds: number;
}

/** What a process of `floor-process.ts` is told, then what it answers when it is told to go. */
export type FloorTask = Pick<FloorOptions, "kind" | "model" | "photos" | "threads" | "seconds"> & {
  first: number;
};
export type FloorReport = "ready" | { photos: number; cpuMs: number };

const PROGRAM = fileURLToPath(new URL("floor-process.ts", import.meta.url));

/**
 * Each process works on one photo after the other. `networks`: it decodes it and asks the networks for it, with what
 * they were asked when the photo was predicted as a whole: no resizing, no close-ups, no mask.
 */
export async function floorOf(options: FloorOptions): Promise<Floor> {
  const { processes, seconds, ...rest } = options;
  const children = Array.from({ length: processes }, () =>
    fork(PROGRAM, { execArgv: ["--import", "tsx"], serialization: "advanced" }),
  );
  const ready = children.map((child) => reportOf(child));
  for (const [i, child] of children.entries())
    child.send({ ...rest, seconds, first: 7 * i } satisfies FloorTask);
  await Promise.all(ready);
  const reports = children.map((child) => reportOf(child));
  for (const child of children) child.send("go");
  let [photos, cpuMs] = [0, 0];
  for (const report of await Promise.all(reports)) {
    if (report === "ready") throw new Error("A process for the floor answers out of turn");
    photos += report.photos;
    cpuMs += report.cpuMs;
  }
  return { perSecond: photos / seconds, cpuMs: cpuMs / photos };
}

async function reportOf(child: ChildProcess): Promise<FloorReport> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`A process for the floor ended (${code})`);
  });
  const [report] = (await Promise.race([once(child, "message"), ended])) as [FloorReport];
  return report;
}
