import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ifPresent, replaceFile } from "../files/write";
import { isRunning, processOf } from "../process";

/** Which process has a run, and whether it is at it or waits for its turn. */
const Carrier = z.object({
  pid: z.number().int().positive(),
  start: z.string().nullable(),
  state: z.enum(["running", "waiting"]),
});
export type Carrier = z.infer<typeof Carrier>;
/** What goes on with a run that has no outcome. */
export type Activity = Carrier["state"] | "interrupted";

const root = (home: string) => join(home, "executions");
const file = (home: string, runId: string) => join(root(home), runId, "carrier.json");

export async function setCarrier(
  home: string,
  runId: string,
  state: Carrier["state"],
  pid = process.pid,
): Promise<void> {
  const carrier: Carrier = { ...processOf(pid), state };
  await replaceFile(root(home), file(home, runId), `${JSON.stringify(carrier)}\n`);
}

export const clearCarrier = (home: string, runId: string) => rm(file(home, runId), { force: true });

/** The process that has the run; undefined when it is gone. */
export async function carrierOf(home: string, runId: string): Promise<Carrier | undefined> {
  const text = await ifPresent(readFile(file(home, runId), "utf8"));
  const carrier = Carrier.safeParse(text && JSON.parse(text)).data;
  return carrier && isRunning(carrier) ? carrier : undefined;
}

export const activityOf = async (home: string, runId: string): Promise<Activity> =>
  (await carrierOf(home, runId))?.state ?? "interrupted";
