import { SluiceError } from "@sluice/core/errors";
import * as Run from "@sluice/core/run/index";
import { readLock } from "@sluice/local/lock/index";
import { requestStop, withdrawStop } from "@sluice/local/runner/stop-requests";
import { devOf } from "./dev";
import { stored } from "./home";
import { openSession } from "./index";

const LOOK_MS = 200;
/** A training is given 5 seconds to end by itself. */
const LIMIT_MS = 60_000;

/**
 * Stops a run, whoever carries it: a `sluice dev` over its API, another process by a request that it looks for,
 * and a run that nobody carries here.
 *
 * Throws `run.not_found`, `run.not_resumable` once it has ended, `world.locked` when whoever works there does
 * not answer the request.
 */
export async function stopRun(runId: string, home: string): Promise<Run.Info> {
  const { outcome } = await Run.get(runId, stored(home));
  if (outcome !== null) {
    throw new SluiceError(
      "run.not_resumable",
      `Run ${runId} has ended already: ${outcome}`,
      "See: sluice runs.",
    );
  }
  const dev = await devOf(home);
  if (dev) await dev.stop(runId);
  else if (await readLock(home)) await stopThere(runId, home);
  else await stopHere(runId, home);
  return Run.get(runId, stored(home));
}

/** By the process that has the home. */
async function stopThere(runId: string, home: string): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  try {
    for (;;) {
      if ((await Run.get(runId, stored(home))).outcome !== null) return;
      const holder = await readLock(home);
      if (!holder) return await stopHere(runId, home);
      if (Date.now() > until) throw silent(runId, holder.pid);
      await requestStop(home, runId); // again and again: the home may have passed to another process
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    await withdrawStop(home, runId);
  }
}

const silent = (runId: string, pid: number) =>
  new SluiceError(
    "world.locked",
    `Process ${pid} has not stopped run ${runId} within a minute`,
    `End the process (kill ${pid}); then stop the run again.`,
  );

async function stopHere(runId: string, home: string): Promise<void> {
  const session = await openSession(home);
  try {
    await session.runner.stop(runId);
  } finally {
    await session.close();
  }
}
