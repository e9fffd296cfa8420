import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ifPresent } from "../files/write";

const LOOK_MS = 500;
const folder = (home: string) => join(home, "stop-requests");

/** Asks the process that works in the home to stop a run; it looks twice a second. */
export async function requestStop(home: string, runId: string): Promise<void> {
  await mkdir(folder(home), { recursive: true });
  await writeFile(join(folder(home), runId), "");
}

/** Takes the request back; one that is gone is no error. */
export const withdrawStop = (home: string, runId: string) => rm(join(folder(home), runId), { force: true });

/**
 * Does what other processes ask for, who cannot stop a run themselves while this one has the home.
 *
 * @returns `end` settles once a stop that is under way is done
 */
export function followStopRequests(home: string, stop: (runId: string) => Promise<void>) {
  const look = async () => {
    for (const runId of (await ifPresent(readdir(folder(home)))) ?? []) {
      await stop(runId).catch(() => undefined); // it may have ended meanwhile: whoever asked sees how
      await withdrawStop(home, runId);
    }
  };
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, LOOK_MS);
  timer.unref();
  const end = () => {
    clearInterval(timer);
    return looking;
  };
  return { end };
}
