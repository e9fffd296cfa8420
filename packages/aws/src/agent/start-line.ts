import { spawn } from "node:child_process";
import { constants } from "node:os";

/** As timeout(1) answers. */
const TIMED_OUT = 124;
const TERMINATED = 128 + constants.signals.SIGTERM;

/**
 * The outer shell leads a group of its own. File descriptor 3 is held open by the agent: should the agent die, even of
 * SIGKILL, it closes, and the whole group with it. The outer shell outlives a SIGTERM to the group, so that a program
 * can tidy up; what would come after that program in the line does not run.
 */
const GUARD = `
(trap '' TERM; cat <&3 >/dev/null; kill -s KILL 0) &
exec 3<&-
trap : TERM
sh -c "trap 'exit 143' TERM
$1"
`;

export interface RunningLine {
  /** The exit code. Nothing that the line started is left by then. */
  ended: Promise<number>;
  /** SIGTERM to all of it, and SIGKILL after the grace. */
  stop(): void;
}

/** Runs a line of POSIX shell, with both outputs in one file. */
export function startLine(
  { line, timeoutSeconds }: { line: string; timeoutSeconds: number },
  { output, graceMs, say }: { output: number; graceMs: number; say: (text: string) => Promise<void> },
): RunningLine {
  const child = spawn("sh", ["-c", GUARD, "sh", line], {
    detached: true,
    stdio: ["ignore", output, output, "pipe"],
  });
  let exitCode: number | undefined;
  const timers: NodeJS.Timeout[] = [];
  const signalAll = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // there is nothing left of it
    }
  };
  const end = (code: number) => {
    if (exitCode !== undefined) return;
    exitCode = code;
    signalAll("SIGTERM");
    timers.push(setTimeout(() => signalAll("SIGKILL"), graceMs));
  };
  timers.push(
    setTimeout(() => {
      void say(`Stopped: it took longer than ${timeoutSeconds} seconds.`).then(() => end(TIMED_OUT));
    }, timeoutSeconds * 1_000),
  );

  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      timers.forEach(clearTimeout);
      signalAll("SIGKILL");
      resolve(exitCode ?? code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
  return { ended, stop: () => end(TERMINATED) };
}
