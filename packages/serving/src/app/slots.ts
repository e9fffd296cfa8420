import { SluiceError } from "@sluice/core";

/** `serving.busy`, and how long the queue will take at its present pace. */
export class Busy extends SluiceError {
  constructor(
    message: string,
    /** Whole, at least 1. */
    readonly retryAfterSeconds: number,
  ) {
    super(
      "serving.busy",
      message,
      `Try again in ${retryAfterSeconds === 1 ? "a second" : `${retryAfterSeconds} s`}.`,
    );
  }
}

/** A bound on how many requests do the costly part at once, and on how many wait for that. */
export interface Slots {
  /** First come, first served. Throws `Busy` at once where too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Works at once in a slot that is free; undefined, and nothing is begun, where none is. */
  spare<T>(work: () => Promise<T>): Promise<T> | undefined;
  /** Requests in work, and what further slots they use. */
  taken(): number;
  /** Requests that wait. */
  waiting(): number;
}

export interface SlotOptions {
  /** Requests in work at once. */
  atOnce: number;
  /** Requests that may wait besides them. */
  waiting: number;
  nowMs?(): number;
}

/** A new measurement's weight in the moving mean. */
const NEWEST = 0.1;

export function createSlots({
  atOnce,
  waiting: mostWaiting,
  nowMs = () => performance.now(),
}: SlotOptions): Slots {
  const queue: (() => void)[] = [];
  let taken = 0;
  let meanMs = 0;

  const busy = () => {
    const ahead = taken + queue.length;
    const seconds = Math.max(1, Math.ceil((ahead * meanMs) / atOnce / 1000));
    return new Busy(`${ahead} requests are being answered already, which is the limit`, seconds);
  };
  const enter = async () => {
    if (taken < atOnce) {
      taken++;
      return;
    }
    if (queue.length >= mostWaiting) throw busy();
    await new Promise<void>((resolve) => queue.push(resolve));
  };
  const measure = (ms: number) => {
    meanMs = meanMs === 0 ? ms : meanMs + NEWEST * (ms - meanMs);
  };
  /** A slot goes to the next in the queue without being free in between. */
  const leave = () => {
    const next = queue.shift();
    if (next) next();
    else taken--;
  };

  return {
    taken: () => taken,
    waiting: () => queue.length,
    async run(work) {
      await enter();
      const startedMs = nowMs();
      try {
        return await work();
      } finally {
        measure(nowMs() - startedMs);
        leave();
      }
    },
    spare(work) {
      if (taken >= atOnce) return undefined;
      taken++;
      return work().finally(leave);
    },
  };
}
