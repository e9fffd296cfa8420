import { mkdir, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import { hasErrorCode, ifPresent, replaceFile } from "../files/write";
import type { ProcessId } from "../process";

const TAIL_BYTES = 4_096;
const TAIL_LINES = 20;

/** The folder of a command. Throws `usage.invalid` unless the id is a plain name. */
export function commandFolder(dir: string, id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(id)) return join(dir, id);
  throw new SluiceError("usage.invalid", `${JSON.stringify(id)} is no command id`, "Use a plain name.");
}

/** Making the folder is the claim, which one sender wins: false if the command was sent before. */
export async function claim(dir: string, folder: string): Promise<boolean> {
  await mkdir(dir, { recursive: true });
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** What the files of a command say. */
export interface Traces {
  process: ProcessId | undefined;
  exitCode: number | undefined;
  isCancelled: boolean;
  /** Epoch ms. */
  claimedAt: number;
}

/** Undefined: no such command. The exit code is read last, for it is written last. */
export async function traces(folder: string): Promise<Traces | undefined> {
  const claimed = (await ifPresent(stat(join(folder, "command.json")))) ?? (await ifPresent(stat(folder)));
  if (!claimed) return undefined;
  const pid = await ifPresent(readFile(join(folder, "pid"), "utf8"));
  const isCancelled = (await ifPresent(stat(join(folder, "cancelled")))) !== undefined;
  const code = await ifPresent(readFile(join(folder, "exit-code"), "utf8"));
  return {
    process: pid === undefined ? undefined : processId(pid),
    exitCode: code === undefined ? undefined : Number(code),
    isCancelled,
    claimedAt: claimed.mtimeMs,
  };
}

export const markCancelled = (dir: string, folder: string) =>
  replaceFile(dir, join(folder, "cancelled"), `${new Date().toISOString()}\n`);

/** The last lines of its output. */
export async function tail(folder: string): Promise<string> {
  const file = await ifPresent(open(join(folder, "output.log")));
  if (!file) return "";
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead).trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  } finally {
    await file.close();
  }
}

/** Never 0 or 1, whose groups are this process's own and all others. */
function processId(text: string): ProcessId | undefined {
  const [pid, start] = text.trim().split(" ");
  return Number(pid) > 1 ? { pid: Number(pid), start: start || null } : undefined;
}
