import type { Blobs, Clock, Training } from "@sluice/core";

const EVERY_MS = 1_000;

export type Report = Omit<Training.Progress, "at">;
export interface ProgressWriter {
  /** Changes what is known, and writes it if the last write is a second old or the phase is new. */
  report(change: Partial<Report>): void;
  /** Waits until all that was reported is written. */
  flush(): Promise<void>;
}

/**
 * The heartbeat: rewrites one small blob. Writes are never waited for by the training, and never overlap; a write
 * that fails is told once, for a training is worth more than its progress bar.
 */
export function progressWriter(
  key: string,
  { blobs, clock }: { blobs: Blobs; clock: Clock },
  warn: (message: string) => void,
): ProgressWriter {
  let state: Report = {
    phase: "loading",
    backend: null,
    network: null,
    epoch: 0,
    epochs: 0,
    fraction: 0,
    loss: null,
    validationDice: null,
    secondsLeft: null,
  };
  let isStale = false;
  let hasWarned = false;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    isStale = false;
    writtenAt = performance.now();
    const progress: Training.Progress = { ...state, at: clock.now() };
    try {
      await blobs.put(key, JSON.stringify(progress));
    } catch (error) {
      if (!hasWarned) warn(`progress cannot be written: ${(error as Error).message}`);
      hasWarned = true;
    }
    writing = null;
  }

  return {
    report(change) {
      const isNewPhase = change.phase !== undefined && change.phase !== state.phase;
      state = { ...state, ...change };
      isStale = true;
      if (!writing && (isNewPhase || performance.now() - writtenAt >= EVERY_MS)) writing = write();
    },
    async flush() {
      await writing;
      if (isStale) await write();
    },
  };
}
