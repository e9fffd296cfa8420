import { mkdir, open, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import type { Blobs } from "@sluice/core/ports";
import { blobsOf } from "../commands/record";
import { lastLines } from "../commands/tail";
import { followOutput } from "./follow-output";
import { startLine } from "./start-line";

const ALIVE_MS = 30_000;

export interface AgentOptions {
  /** SLUICE_HOST_DIR */
  dir: string;
  blobs: Blobs;
  /** Ends the line. */
  signal: AbortSignal;
  /** Between SIGTERM and SIGKILL. */
  graceMs?: number;
  /** How often the output is looked at. */
  everyMs?: number;
}

/**
 * Runs a line to its end and keeps what it said; its exit code. Throws `world.conflict` where the id was begun before:
 * the SSM agent may run a command again after a restart of the machine.
 */
export async function runCommand(
  command: { id: string; line: string; timeoutSeconds: number },
  { dir, blobs, signal, graceMs = 10_000, everyMs = 2_000 }: AgentOptions,
): Promise<number> {
  const folder = await claim(join(dir, "commands"), command.id);
  const log = join(folder, "output.log");
  const file = await open(log, "a");
  const keys = blobsOf(command.id);
  const output = followOutput(log, everyMs, (text) => blobs.put(keys.output, lastLines(text)));
  const alive = setInterval(() => void touch(join(dir, "alive")), ALIVE_MS);
  try {
    await touch(join(dir, "alive"));
    const line = startLine(command, {
      output: file.fd,
      graceMs,
      say: (text) => file.appendFile(`${text}\n`),
    });
    const stop = () => line.stop();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    const exitCode = await line.ended;
    await file.sync().catch(() => undefined);
    await output.stop();
    await keep(() => blobs.put(keys.log, output.all()));
    await writeFile(join(folder, "exit-code"), `${exitCode}\n`);
    await keep(() => blobs.put(keys.exitCode, String(exitCode)));
    process.stdout.write(`${lastLines(output.all().toString())}\n`); // SSM keeps it, should the bucket not
    return exitCode;
  } finally {
    clearInterval(alive);
    await file.close();
  }
}

async function claim(dir: string, id: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const folder = join(dir, id);
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    throw new SluiceError("world.conflict", `Command ${id} was begun before`, "It is not run a second time.");
  });
  return folder;
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => writeFile(file, ""));
}

/** What the line did is done, whether or not the bucket can be told. */
async function keep(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    console.error(`sluice-agent: the bucket was not told: ${(error as Error).message}`);
  }
}
