import os from "node:os";
import type { Backend } from "../backend";
import { inAnotherProcess } from "./in-another-process";
import { inProcess } from "./in-process";
import type { Replica } from "./replica";

export { inProcess } from "./in-process";
export type { Replica } from "./replica";

/** Threads for each of so many replicas, if the machine's cores are to be shared equally; one has them all. */
export function threadsEach(replicas: number, cores: number = os.availableParallelism()): number {
  return Math.max(1, Math.floor(cores / Math.min(replicas, cores)));
}

/**
 * This process, first, and others until there are as many replicas as a batch has parts, or as cores. The caller closes
 * them.
 */
export async function openReplicas(
  { tf, name }: Pick<Backend, "tf" | "name">,
  wanted: number,
  cores: number = os.availableParallelism(),
): Promise<Replica[]> {
  const others = await Promise.allSettled(
    Array.from({ length: Math.min(wanted, cores) - 1 }, () =>
      inAnotherProcess(name, threadsEach(wanted, cores)),
    ),
  );
  const started = others.flatMap((other) => (other.status === "fulfilled" ? [other.value] : []));
  const failed = others.find((other) => other.status === "rejected");
  if (!failed) return [inProcess(tf), ...started];
  for (const replica of started) replica.close();
  throw failed.reason;
}
