import { isSluiceError } from "@sluice/core/errors";
import * as Run from "@sluice/core/run/index";
import { carrierOf, clearCarrier, setCarrier } from "@sluice/local/runner/carrier";
import type { Io } from "../io";
import { devOf } from "./dev";
import { stored } from "./home";
import { openSession, type Session } from "./index";

const LOOK_MS = 500;

/**
 * Opens the home for a run as soon as whoever works there has ended; of several runs that wait, the one that
 * began first goes first. Undefined: there is nothing left to do here, as the run has ended meanwhile or a
 * `sluice dev` has come up.
 */
export async function openInTurn(runId: string, home: string, io: Io): Promise<Session | undefined> {
  let told = "";
  for (;;) {
    if (told !== "" && (await hasEnded(runId, home))) return undefined;
    if (await devOf(home)) return undefined;
    if (!(await carrierOf(home, runId))) await setCarrier(home, runId, "waiting");
    const { session, reason } = await attempt(runId, home);
    if (session) return told === "" ? session : stillWanted(session, runId);
    if (reason !== told) io.say(`Waiting: ${reason}`);
    told = reason;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const hasEnded = async (runId: string, home: string) => (await Run.get(runId, stored(home))).outcome !== null;

/** Whoever had the home may have stopped or done the run at the very last. */
async function stillWanted(session: Session, runId: string): Promise<Session | undefined> {
  if (!(await hasEnded(runId, session.home))) return session;
  await session.close();
  return undefined;
}

/** The session, or why it is not this run's turn. */
async function attempt(runId: string, home: string): Promise<{ session?: Session; reason: string }> {
  const before = await firstBefore(runId, home);
  if (before) return { reason: `run ${before} is first` };
  try {
    return { session: await openSession(home), reason: "" };
  } catch (error) {
    if (isSluiceError(error) && error.code === "world.locked") return { reason: error.message };
    await clearCarrier(home, runId);
    throw error;
  }
}

/** An earlier run that waits as well. */
async function firstBefore(runId: string, home: string): Promise<string | undefined> {
  for (const run of await Run.list(stored(home))) {
    if (run.id === runId) return undefined;
    if (run.outcome === null && (await carrierOf(home, run.id))?.state === "waiting") return run.id;
  }
  return undefined;
}
