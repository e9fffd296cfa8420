import { homeDir } from "@sluice/local/home";
import type { Io } from "../io";
import { follow } from "../live/follow";
import type { Sight } from "../live/sight";
import type { Session } from "./index";
import { Interrupted, interruptible } from "./interrupt";
import { look } from "./look";

/** Shows a run that this process carries until its execution has ended. Throws `Interrupted`. */
export async function watch(runId: string, session: Session, io: Io): Promise<Sight> {
  const { home, world, runner, watched } = session;
  const since = world.clock.now();
  const seeIt = () => look(runId, { home, ...world });
  let isOver = false;
  const ended = runner.wait(runId).finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined); // awaited below
  watched.add(runId);
  try {
    await follow(seeIt, io, { isOver: () => isOver, since });
    await ended;
    if (session.isClosed()) throw new Interrupted();
    return await seeIt();
  } finally {
    if (!session.isClosed()) watched.delete(runId);
  }
}

/** Goes on with what an earlier process left behind. */
export async function resumeInterrupted(session: Session, io: Io, except?: string): Promise<void> {
  for (const runId of await session.runner.interrupted()) {
    if (runId === except) continue;
    io.say(`Run ${runId} was interrupted: going on with it`);
    await session.runner.resume(runId);
    await watch(runId, session, io);
  }
}

/** What a command must be told to find this home again. */
const homeOption = ({ home }: Session) => (home === homeDir() ? "" : ` --home ${home}`);

/**
 * Works in a home of our own until done or interrupted: then the training is stopped at its checkpoint, and the
 * run stays resumable.
 *
 * @param stopHost leaves no child process behind at the end
 * Throws `Interrupted`.
 */
export async function carry<T>(
  session: Session,
  io: Io,
  work: () => Promise<T>,
  { stopHost = false } = {},
): Promise<T> {
  const onInterrupt = async () => {
    if (session.watched.size > 0) io.say("Stopping; what is trained so far is kept …");
    await session.close({ stopHost: true });
    for (const id of session.watched) io.say(`Go on with it: sluice runs resume ${id}${homeOption(session)}`);
  };
  try {
    return await interruptible(work, onInterrupt);
  } finally {
    await session.close({ stopHost });
  }
}
