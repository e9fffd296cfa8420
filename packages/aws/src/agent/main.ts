import { parseArgs } from "node:util";
import { isSluiceError } from "@sluice/core/errors";
import { s3Blobs } from "../blobs";
import { readEnv } from "../env";
import { runCommand } from "./run-command";

const USAGE = `sluice-agent run --id ID --timeout SECONDS -- LINE

Runs a line of POSIX shell on the host. Its output is followed into the blob commands/ID/output; once it has ended, all
of it lies in commands/ID/log, and its exit code in commands/ID/exit-code.

Exit codes: the line's; 124 it took too long; 143 stopped by a signal; 64 wrong use; 75 the id was begun before.`;

const WRONG_USE = 64;
const BEGUN_BEFORE = 75;
const UNAVAILABLE = 69;

function readArguments(args: string[]) {
  try {
    const options = { id: { type: "string" }, timeout: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [verb, line] = positionals;
    const timeoutSeconds = Number(values.timeout);
    if (verb !== "run" || !line || !values.id || !(timeoutSeconds > 0)) return undefined;
    return { id: values.id, line, timeoutSeconds };
  } catch {
    return undefined; // an option that does not exist
  }
}

async function main(): Promise<number> {
  const command = readArguments(process.argv.slice(2));
  if (!command) {
    console.error(USAGE);
    return WRONG_USE;
  }
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  try {
    const blobs = s3Blobs({ bucket: readEnv(["bucket"]).bucket });
    const dir = process.env.SLUICE_HOST_DIR ?? "/opt/sluice";
    return await runCommand(command, { dir, blobs, signal: stop.signal });
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    console.error(`sluice-agent: ${error.message}. ${error.hint}`);
    return error.code === "world.conflict" ? BEGUN_BEFORE : UNAVAILABLE;
  }
}

process.exitCode = await main();
