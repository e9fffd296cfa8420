import { spawnSync } from "node:child_process";

const MINUTE_MS = 60_000;

/**
 * Runs a command to its end and never throws.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options] a timeout (ms) other than ten minutes, cwd, env
 * @returns {{ ok: boolean, output: string }} output holds stdout, stderr and what killed it
 */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    encoding: "utf8",
    timeout: 10 * MINUTE_MS,
    maxBuffer: 64 * 1024 * 1024,
    windowsHide: true,
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = result.error?.message ?? (result.signal ? `killed by ${result.signal}` : "");
  return {
    ok: result.status === 0,
    output: [result.stdout, result.stderr, ended].filter(Boolean).join("\n"),
  };
}

/** The npm that runs this script (npm 12 on one Node may not be the npm on the path), else the path's. */
export function npm(args, options = {}) {
  const own = process.env.npm_execpath ?? "";
  if (/npm-cli\.c?js$/.test(own)) return run(process.execPath, [own, ...args], options);
  return run(process.platform === "win32" ? "npm.cmd" : "npm", args, {
    shell: process.platform === "win32",
    ...options,
  });
}

const TELLING = [
  [/No space left on device|ENOSPC/i, "the disk is full"],
  [/EACCES|Permission denied/i, "permission denied"],
  [
    /ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|Temporary failure in name resolution|Failed to establish/i,
    "the network does not reach it",
  ],
  [/No matching distribution/i, "the package registry does not have it"],
  [/SIGILL/, "this processor lacks instructions it needs"],
];

/** What a person needs of a failed command's output, in a few words. */
export function shortReason(output) {
  const known = TELLING.find(([pattern]) => pattern.test(output));
  if (known) return known[1];
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const telling = lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? "no output";
  return telling.slice(0, 160);
}

/** An error whose message is the reason, with what to do about it in `fix`. */
export const unable = (reason, fix) => Object.assign(new Error(reason), { fix });
