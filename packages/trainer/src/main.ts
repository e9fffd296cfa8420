import { parseArgs } from "node:util";
import { isSluiceError, RunId, SluiceError, Training } from "@sluice/core";
import { readJob, trainJob } from "./job";
import type { TrainerWorld } from "./world";

const USAGE = `sluice-trainer train --run ID

Trains the job of a run: reads jobs/ID/job.json, writes its artefacts beside it and result.json last.
Started again, it goes on from the last finished epoch.

  SLUICE_WORLD    the package that opens blobs and clock (default @sluice/local)
  SLUICE_VERBOSE  1 shows the stack of an error`;

const TERMINATED = 143;

/** The program: 0 done, 1 failed (see failure.json), 2 used wrongly, 143 stopped by a signal. */
async function main(args: string[]): Promise<number> {
  const asked = readArguments(args);
  if (asked === "help") {
    console.log(USAGE);
    return 0;
  }
  if (asked) return train(asked.runId);
  console.error(USAGE);
  return 2;
}

function readArguments(args: string[]): { runId: string } | "help" | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { run: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help) return "help";
    const runId = RunId.safeParse(values.run);
    return positionals.join() === "train" && runId.success ? { runId: runId.data } : null;
  } catch {
    return null; // an option that does not exist
  }
}

async function train(runId: string): Promise<number> {
  const stop = new AbortController();
  const stopped = new Error("stopped by a signal; the last finished epoch is kept");
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort(stopped));

  const { openHostWorld } = (await import(process.env.SLUICE_WORLD ?? "@sluice/local")) as {
    openHostWorld(): TrainerWorld | Promise<TrainerWorld>;
  };
  const world = await openHostWorld();
  try {
    const result = await trainJob(await readJob(runId, world), world, {
      signal: stop.signal,
      log: (line) => console.log(line),
    });
    for (const { role, epochs, bestEpoch } of result.networks) {
      const best = epochs.find((record) => record.epoch === bestEpoch);
      console.log(`${role}: epoch ${bestEpoch} is best, validation Dice ${best?.validationDice.toFixed(4)}`);
    }
    return 0;
  } catch (error) {
    if (error === stopped) {
      console.error(stopped.message);
      return TERMINATED;
    }
    await recordFailure(runId, error, world);
    return 1;
  }
}

async function recordFailure(runId: string, error: unknown, { blobs }: TrainerWorld): Promise<void> {
  const { code, message, hint } = asSluiceError(error, `Resume it: sluice runs resume ${runId}.`);
  complain(error);
  const failure: Training.Failure = { code, message, hint };
  await blobs.put(Training.keys(runId).failure, JSON.stringify(failure));
}

/** One line; the stack only where it was asked for. */
function complain(error: unknown): void {
  const { code, message, hint } = asSluiceError(error);
  console.error(`${code}: ${message}${hint ? ` ${hint}` : ""}`);
  if (process.env.SLUICE_VERBOSE && error instanceof Error) console.error(error.stack);
}

function asSluiceError(error: unknown, hint = ""): SluiceError {
  if (isSluiceError(error)) return error;
  const [message] = (error instanceof Error ? error.message : String(error)).split("\n");
  return new SluiceError("training.failed", message, hint);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
// Native threads and timers of the libraries must not keep a finished program alive.
process.exit();
