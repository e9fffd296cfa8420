interface Kept<T> {
  bytes: number;
  thing: Promise<T>;
  /** The thing, once it is open. */
  opened?: T;
  users: number;
  /** Grows with each use. */
  usedAt: number;
}

export interface ShelfOptions<T> {
  /** Things kept at once, and their bytes together; more are open only while more are in use. */
  most: number;
  mostBytes: number;
  /** Whether a kept thing is of no use any more: it is opened anew for the next who asks. */
  isGone?(thing: T): boolean;
  close(thing: T): Promise<void>;
}

/**
 * Keeps what is dear to open, bounded in number and bytes: what has not been used longest is closed first, never while
 * it is used. Two who ask for the same at once wait for one opening; one that failed is not kept.
 */
export function createShelf<T>({ most, mostBytes, isGone = () => false, close }: ShelfOptions<T>) {
  const kept = new Map<string, Kept<T>>();
  let uses = 0;

  const isOver = () => {
    const all = [...kept.values()];
    return all.length > most || all.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytes;
  };
  const usable = (key: string): Kept<T> | undefined => {
    const entry = kept.get(key);
    return entry?.opened !== undefined && isGone(entry.opened) ? undefined : entry;
  };
  const open = (bytes: number, load: () => Promise<T>): Kept<T> => {
    const entry: Kept<T> = { bytes, thing: load(), users: 0, usedAt: 0 };
    entry.thing.then(
      (thing) => {
        entry.opened = thing;
      },
      () => undefined, // told below, to everyone who waits for it
    );
    return entry;
  };
  const drop = async (key: string, { thing }: Kept<T>) => {
    kept.delete(key);
    await thing.then(close).catch(() => undefined); // what fails to open, or to close, is gone all the same
  };
  const tidy = async () => {
    const idle = [...kept].filter(([, { users }]) => users === 0);
    idle.sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key, entry] of idle) {
      if (!isOver()) return;
      await drop(key, entry);
    }
  };

  return {
    async use<R>(
      { key, bytes, load }: { key: string; bytes: number; load(): Promise<T> },
      work: (thing: T) => Promise<R>,
    ): Promise<R> {
      const entry = usable(key) ?? open(bytes, load);
      kept.set(key, entry);
      entry.users++;
      entry.usedAt = ++uses;
      try {
        await tidy();
        const thing = await entry.thing.catch((error: unknown) => {
          if (kept.get(key) === entry) kept.delete(key);
          throw error;
        });
        return await work(thing);
      } finally {
        entry.users--;
        await tidy();
      }
    },
    /** Closes what nobody uses. */
    async close(): Promise<void> {
      await Promise.all([...kept].filter(([, { users }]) => users === 0).map((one) => drop(...one)));
    },
    keys: () => [...kept.keys()],
  };
}
