import { readdirSync, readFileSync } from "node:fs";

export interface Trainer {
  pid: number;
  runId: string;
}

/** The trainers that run on this machine, which is every stage's host. */
export function trainers(): Trainer[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const line = commandLine(pid);
      const runId = /\/sluice-trainer\b.* train --run (\S+)/.exec(line)?.[1];
      return runId && /^\S*node /.test(line) ? [{ pid: Number(pid), runId }] : [];
    });
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return ""; // it has just ended
  }
}

/** Kills the trainer as a machine that runs out of memory does. */
export function killTrainer(runId: string): void {
  const found = trainers().filter((trainer) => trainer.runId === runId);
  if (found.length === 0) throw new Error(`No trainer of run ${runId} runs here`);
  for (const { pid } of found) process.kill(pid, "SIGKILL");
}
