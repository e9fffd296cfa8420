import { SluiceError } from "@sluice/core/errors";
import * as z from "zod";
import { fileDocuments } from "../documents";
import { sweepTemp } from "../files/write";
import { rooms } from "../home";
import { isRunning, thisProcess } from "../process";

const KEY = "world/lock";

/** Who works in a home: one process at a time. */
const Holder = z.object({
  pid: z.number().int().positive(),
  /** Of the process, so that a later one under the same number is not taken for it. */
  start: z.string().nullable(),
  since: z.string(),
  url: z.string().nullable(),
});
const Lock = z.object({ holder: Holder.nullable() });
export type Holder = z.infer<typeof Holder>;

export interface HomeLock {
  /** Makes known where the holder is reached, for `readLock`. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a home for this process. A holder that died is passed over: the lock is a document, whose
 * compare-and-swap lets one of many takers win.
 *
 * Throws `world.locked` naming the process that has it.
 */
export async function lockHome(home: string): Promise<HomeLock> {
  const documents = fileDocuments(rooms(home).documents);
  const me = { ...thisProcess(), since: new Date().toISOString() };
  const isMine = (holder: Holder | null | undefined) =>
    holder?.pid === me.pid && holder.start === me.start && holder.since === me.since;

  await documents.update(KEY, Lock, (current) => {
    if (current?.holder && isRunning(current.holder)) throw locked(home, current.holder);
    return { holder: { ...me, url: null } };
  });
  await Promise.all([rooms(home).blobs, rooms(home).documents].map(sweepTemp));
  const change = (holder: Holder | null) =>
    documents.update(KEY, Lock, (current) => (current && !isMine(current.holder) ? current : { holder }));

  return {
    announce: async (url) => void (await change({ ...me, url })),
    release: async () => void (await change(null)),
  };
}

/** Who works in the home now, if anybody does. */
export async function readLock(home: string): Promise<Holder | undefined> {
  const lock = await fileDocuments(rooms(home).documents).read(KEY, Lock);
  return lock?.holder && isRunning(lock.holder) ? lock.holder : undefined;
}

function locked(home: string, { pid, url }: Holder): SluiceError {
  const at = url ? ` at ${url}` : "";
  return new SluiceError(
    "world.locked",
    `Process ${pid}${at} is working in ${home}`,
    "Use that one, stop it, or choose another folder with SLUICE_HOME.",
  );
}
