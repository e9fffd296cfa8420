import { readFileSync } from "node:fs";

/** A process, told apart from a later one under the same number by when it started. */
export interface ProcessId {
  pid: number;
  /** Clock ticks since boot (Linux); null where the system does not tell. */
  start: string | null;
}

/** Throws if there is no such process (any more). */
const stat = (pid: number): { state: string; start: string } => {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // "12 (name, with any character) S 1 12 …": fields 3 and 22 of proc(5).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", start: fields[19] ?? "" };
};

const tryStat = (pid: number) => {
  try {
    return stat(pid);
  } catch {
    return undefined;
  }
};

export const processOf = (pid: number): ProcessId => ({ pid, start: tryStat(pid)?.start ?? null });
export const thisProcess = (): ProcessId => processOf(process.pid);

/** True while that very process runs. A zombie, whose parent has not taken note of its end, does not. */
export function isRunning({ pid, start }: ProcessId): boolean {
  if (!canSignal(pid)) return false;
  const found = tryStat(pid);
  if (!found) return true; // no /proc here: the number is all there is to go by
  if (found.state === "Z" || found.state === "X") return false;
  return start === null || found.start === start;
}

/** True for a group whose leader is gone: while it has members, its number is given to no other. */
export const isLeaderless = (pid: number): boolean => canSignal(-pid) && !isRunning({ pid, start: null });

/** Signals all of a group; one that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // another user's
  }
}

const isGone = (error: unknown) => error instanceof Error && "code" in error && error.code === "ESRCH";
