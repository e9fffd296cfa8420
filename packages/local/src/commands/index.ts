import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandStatus, Commands } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import { TEMP } from "../files/key";
import { ifPresent, replaceFile } from "../files/write";
import { isLeaderless, isRunning, signalGroup } from "../process";
import { codeRoot, hostPath } from "./code-path";
import { claim, commandFolder, markCancelled, type Traces, tail, traces } from "./folder";

const SCRIPT = fileURLToPath(new URL("./run-command.sh", import.meta.url));
/** From the claim to the `pid` file: past it, the sender died in between. */
const START_LIMIT_MS = 10_000;

export interface ChildCommands extends Commands {
  /** Leaves none of them running. */
  cancelAll(): Promise<void>;
}

/**
 * Runs command lines as child processes which outlive this one. Each has a folder with `command.json`,
 * `output.log`, `pid` and, once it ended, `exit-code`: their status is read from there by any process.
 *
 * @param env added to this process's; its PATH begins with the workspace's programs
 * @param graceSeconds between SIGTERM and SIGKILL
 */
export function childCommands(options: {
  dir: string;
  env?: NodeJS.ProcessEnv;
  graceSeconds?: number;
}): ChildCommands {
  const { dir, graceSeconds = 5 } = options;

  async function look(id: string): Promise<(Traces & { state: CommandStatus["state"] }) | undefined> {
    const found = await traces(commandFolder(dir, id));
    return found && { ...found, state: stateOf(found) };
  }

  async function cancel(id: string): Promise<void> {
    const found = await look(id);
    if (found?.state === "lost") endLeftovers(found);
    if (found?.state !== "running") return;
    await markCancelled(dir, commandFolder(dir, id));
    if (await end(() => look(id), "SIGTERM", graceSeconds * 1_000)) return;
    await end(() => look(id), "SIGKILL", START_LIMIT_MS);
  }

  return {
    async send(command) {
      const folder = commandFolder(dir, command.id);
      if (!(await claim(dir, folder))) return;
      const sent = { ...command, sentAt: new Date().toISOString() };
      await replaceFile(dir, join(folder, "command.json"), `${JSON.stringify(sent, null, 2)}\n`);
      const args = [SCRIPT, folder, String(command.timeoutSeconds), String(graceSeconds), command.line];
      const env = { ...process.env, ...options.env };
      const child = spawn("sh", args, {
        cwd: codeRoot(),
        env: { ...env, PATH: hostPath(env.PATH) },
        detached: true,
        stdio: "ignore",
      });
      await once(child, "spawn").catch((cause: unknown) => {
        throw new SluiceError("host.lost", `${command.line} could not be started`, "Is there an sh here?", {
          cause,
        });
      });
      child.unref();
    },

    async status(id) {
      const found = await look(id);
      if (!found) return undefined;
      if (found.state === "lost") endLeftovers(found);
      const { state, exitCode } = found;
      return { state, ...(exitCode !== undefined && { exitCode }), tail: await tail(commandFolder(dir, id)) };
    },

    cancel,

    async cancelAll() {
      const ids = (await ifPresent(readdir(dir))) ?? [];
      await Promise.all(ids.filter((id) => id !== TEMP).map(cancel));
    },
  };
}

function stateOf({ process, exitCode, isCancelled, claimedAt }: Traces): CommandStatus["state"] {
  if (exitCode !== undefined) {
    if (isCancelled) return "cancelled";
    return exitCode === 0 ? "succeeded" : "failed";
  }
  const isThere = process ? isRunning(process) : Date.now() - claimedAt < START_LIMIT_MS;
  if (isThere) return "running";
  return isCancelled ? "cancelled" : "lost";
}

/** The line's own processes may outlive a killed leader; a second attempt must not meet them. */
function endLeftovers({ process, claimedAt }: Traces): void {
  const isOfThisBoot = claimedAt > Date.now() - uptime() * 1_000; // else the number is another group's by now
  if (process && isOfThisBoot && isLeaderless(process.pid)) signalGroup(process.pid, "SIGKILL");
}

/** Signals the group until it has ended or the time is up; says whether it has ended. */
async function end(
  look: () => Promise<(Traces & { state: string }) | undefined>,
  signal: NodeJS.Signals,
  limitMs: number,
): Promise<boolean> {
  const until = Date.now() + limitMs;
  let isSignalled = false;
  while (Date.now() < until) {
    const found = await look();
    if (found?.state !== "running") return true;
    if (found.process && !isSignalled) {
      signalGroup(found.process.pid, signal);
      isSignalled = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
